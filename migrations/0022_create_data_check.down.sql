drop function data_check(date, date);
