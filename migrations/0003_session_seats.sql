-- Whoever is let into a session leaves words in its room. Which rooms those are is kept by the database itself, so that no way into a
-- session can forget it and leaving one does not lose it.
CREATE TRIGGER `session_members_seated` AFTER INSERT ON `session_members`
BEGIN
	INSERT INTO `session_seats` (`member_id`, `session_id`, `account_id`) VALUES (new.`member_id`, new.`session_id`, new.`account_id`)
	ON CONFLICT (`member_id`) DO NOTHING;
END;
