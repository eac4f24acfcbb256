drop table fina_indicator;
