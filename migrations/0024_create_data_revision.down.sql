drop table data_revision;
