drop view code_alias;
