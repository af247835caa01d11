-- Bytes held for each account, kept by the database itself: a part counts once R2 has it, a recording until its row goes.
CREATE TRIGGER `recording_parts_held` AFTER UPDATE OF `etag` ON `recording_parts` WHEN new.`etag` IS NOT NULL AND old.`etag` IS NULL
BEGIN
	UPDATE `recordings` SET `held_bytes` = `held_bytes` + new.`size_bytes` WHERE `id` = new.`recording_id`;
END;
--> statement-breakpoint
CREATE TRIGGER `recording_parts_claimed_again` AFTER UPDATE OF `etag` ON `recording_parts` WHEN new.`etag` IS NULL AND old.`etag` IS NOT NULL
BEGIN
	UPDATE `recordings` SET `held_bytes` = `held_bytes` - old.`size_bytes` WHERE `id` = new.`recording_id`;
END;
--> statement-breakpoint
CREATE TRIGGER `recordings_held` AFTER UPDATE OF `held_bytes` ON `recordings`
BEGIN
	INSERT INTO `storage_use` (`account_id`, `held_bytes`) VALUES (new.`account_id`, new.`held_bytes` - old.`held_bytes`)
	ON CONFLICT (`account_id`) DO UPDATE SET `held_bytes` = `held_bytes` + new.`held_bytes` - old.`held_bytes`;
END;
--> statement-breakpoint
CREATE TRIGGER `recordings_released` AFTER DELETE ON `recordings`
BEGIN
	UPDATE `storage_use` SET `held_bytes` = `held_bytes` - old.`held_bytes` WHERE `account_id` = old.`account_id`;
END;
