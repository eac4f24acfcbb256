drop table sync_list_answer;

alter table stock_info drop column gone_on;
