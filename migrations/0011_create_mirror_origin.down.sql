drop table mirror_origin;
