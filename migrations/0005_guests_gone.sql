-- However a guest goes, by the sweep as well, their room hears of it and forgets their name. What has been decided in so many words is there already.
CREATE TRIGGER `session_guests_gone` AFTER DELETE ON `session_guests`
WHEN EXISTS (SELECT 1 FROM `sessions` WHERE `id` = old.`session_id`) AND NOT EXISTS (SELECT 1 FROM `room_calls`
  WHERE `session_id` = old.`session_id` AND `body` = json_object('kind', 'remove', 'memberId', old.`member_id`))
BEGIN
  INSERT INTO `room_calls` (`event_id`, `session_id`, `from_member_id`, `body`, `created_at_ms`)
  SELECT substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 13, 3) || '-8' || substr(h, 16, 3) || '-' || substr(h, 19, 12),
    old.`session_id`, old.`member_id`, json_object('kind', 'remove', 'memberId', old.`member_id`), old.`joined_at_ms`
  FROM (SELECT lower(hex(randomblob(16))) AS h);
END;
