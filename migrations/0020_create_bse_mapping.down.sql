drop table bse_mapping;
