-- Credentials that were given for one execution, in place of its nodes' own: a JSON object, by the graph's credentials inputs.
ALTER TABLE executions ADD COLUMN credentials TEXT NOT NULL DEFAULT '{}';
