CREATE VIRTUAL TABLE `hub_search` USING fts5(`name`, `skills`, `bio`, `tags`, content = '', contentless_delete = 1, detail = column, prefix = '2 3', tokenize = 'ascii');
