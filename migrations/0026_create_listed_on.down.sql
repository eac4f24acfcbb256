drop function listed_on(date);
