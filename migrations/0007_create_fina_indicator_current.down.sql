drop view fina_indicator_current;
