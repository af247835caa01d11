CREATE VIRTUAL TABLE `hub_search` USING fts5(`profile_id` UNINDEXED, `name`, `instruments`, `daw`, `bio`, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
