drop table disclosure_date;
