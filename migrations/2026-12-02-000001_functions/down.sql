DROP FUNCTION search_query(text);
DROP FUNCTION search_vector(text, "char");
DROP FUNCTION search_list(text[]);
DROP FUNCTION search_words(text);
DROP FUNCTION search_fold(text);
DROP FUNCTION members_are_distinct(jsonb, text);
DROP FUNCTION partial_date_latest(text);
DROP FUNCTION partial_date_earliest(text);
