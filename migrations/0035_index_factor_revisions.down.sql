drop index data_revision_factors_of_task;

drop index data_revision_factors_of_code;
