create index disclosure_date_by_end_date on disclosure_date (end_date);
