-- The words of each message by its place: the chat's number, then 32 bits of seq.
create table message_word (
    place bigint primary key,
    words tsvector not null
);
-- A list of what is pending would be read by every search.
create index message_word_words on message_word using gin (words) with (fastupdate = off);
