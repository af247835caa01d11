-- Bytes held for each account, kept by the database itself: a part counts from the moment a request claims it, so that many at once
-- cannot pass a quota together. What a deleted row held is taken off when the account is counted anew (workers/recordings/store.ts).
CREATE TRIGGER `recording_parts_claimed` AFTER INSERT ON `recording_parts`
BEGIN
	UPDATE `recordings` SET `held_bytes` = `held_bytes` + new.`size_bytes` WHERE `id` = new.`recording_id`;
END;
--> statement-breakpoint
CREATE TRIGGER `recording_parts_claimed_again` AFTER UPDATE OF `size_bytes` ON `recording_parts` WHEN new.`size_bytes` <> old.`size_bytes`
BEGIN
	UPDATE `recordings` SET `held_bytes` = `held_bytes` + new.`size_bytes` - old.`size_bytes` WHERE `id` = new.`recording_id`;
END;
--> statement-breakpoint
-- Parts of a recording that is complete have become its object.
CREATE TRIGGER `recording_parts_given_back` AFTER DELETE ON `recording_parts`
BEGIN
	UPDATE `recordings` SET `held_bytes` = `held_bytes` - old.`size_bytes` WHERE `id` = old.`recording_id` AND `state` = 'uploading';
END;
--> statement-breakpoint
CREATE TRIGGER `recordings_held` AFTER UPDATE OF `held_bytes` ON `recordings`
BEGIN
	INSERT INTO `storage_use` (`account_id`, `held_bytes`) VALUES (new.`account_id`, new.`held_bytes` - old.`held_bytes`)
	ON CONFLICT (`account_id`) DO UPDATE SET `held_bytes` = `held_bytes` + new.`held_bytes` - old.`held_bytes`;
END;
