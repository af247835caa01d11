-- Decisions of a session are numbered where they are made, whichever Worker makes them.
CREATE TRIGGER `room_calls_numbered` AFTER INSERT ON `room_calls`
BEGIN
  UPDATE `sessions` SET `decisions` = `decisions` + 1 WHERE `id` = new.`session_id`;
  UPDATE `room_calls` SET `number` = (SELECT `decisions` FROM `sessions` WHERE `id` = new.`session_id`)
    WHERE `event_id` = new.`event_id`;
END;
