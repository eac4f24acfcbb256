drop table suspend_d;
