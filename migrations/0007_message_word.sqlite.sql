-- The words of each message by its place: the chat's number, then 32 bits of seq.
-- They come taken apart; what is ASCII and neither letter nor digit stands between.
create virtual table message_word using fts5(
    words,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = 'ascii'
);
