CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`display_name` text NOT NULL,
	`tier` text DEFAULT 'free' NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email_unique` ON `accounts` (`email`);--> statement-breakpoint
CREATE TABLE `sign_ins` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`label` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_ins_token_hash_unique` ON `sign_ins` (`token_hash`);--> statement-breakpoint
CREATE INDEX `sign_ins_by_account` ON `sign_ins` (`account_id`);--> statement-breakpoint
CREATE INDEX `sign_ins_by_expiry` ON `sign_ins` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `recording_parts` (
	`recording_id` text NOT NULL,
	`number` integer NOT NULL,
	`etag` text,
	`writer` text NOT NULL,
	`claimed_at_ms` integer NOT NULL,
	`sha256` text NOT NULL,
	`size_bytes` integer NOT NULL,
	PRIMARY KEY(`recording_id`, `number`),
	FOREIGN KEY (`recording_id`) REFERENCES `recordings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `recordings` (
	`id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`member_id` text NOT NULL,
	`account_id` text NOT NULL,
	`take_id` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`sample_rate_hz` integer NOT NULL,
	`channels` integer NOT NULL,
	`encoding` text NOT NULL,
	`timeline_frames` integer NOT NULL,
	`started_at_ms` integer NOT NULL,
	`bpm` real NOT NULL,
	`part_bytes` integer NOT NULL,
	`upload_id` text,
	`size_bytes` integer,
	`frames` integer,
	`sha256` text,
	`place` text,
	`held_bytes` integer DEFAULT 0 NOT NULL,
	`has_peaks` integer DEFAULT false NOT NULL,
	`notices_sent` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`completed_at_ms` integer,
	`expires_at_ms` integer,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `recordings_by_session` ON `recordings` (`session_id`,`created_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `recordings_by_account` ON `recordings` (`account_id`);--> statement-breakpoint
CREATE INDEX `recordings_by_expiry` ON `recordings` (`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `recordings_by_notice` ON `recordings` (`state`,`notices_sent`,`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `retention_notices` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`recording_count` integer NOT NULL,
	`first_expires_at_ms` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`handed_over_at_ms` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `retention_notices_by_account` ON `retention_notices` (`account_id`);--> statement-breakpoint
CREATE INDEX `retention_notices_by_hand_over` ON `retention_notices` (`handed_over_at_ms`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `storage_use` (
	`account_id` text PRIMARY KEY NOT NULL,
	`held_bytes` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `invites` (
	`id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`role` text NOT NULL,
	`uses_left` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invites_code_hash_unique` ON `invites` (`code_hash`);--> statement-breakpoint
CREATE INDEX `invites_by_session` ON `invites` (`session_id`,`created_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `invites_by_expiry` ON `invites` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `room_calls` (
	`event_id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`from_member_id` text NOT NULL,
	`body` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `room_calls_by_session` ON `room_calls` (`session_id`);--> statement-breakpoint
CREATE INDEX `room_calls_by_age` ON `room_calls` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `session_erasures` (
	`session_id` text PRIMARY KEY NOT NULL,
	`requested_by` text,
	`requested_at_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`recordings_deleted` integer DEFAULT 0 NOT NULL,
	`objects_deleted` integer DEFAULT 0 NOT NULL,
	`finished_at_ms` integer,
	FOREIGN KEY (`requested_by`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `session_erasures_by_finish` ON `session_erasures` (`finished_at_ms`,`requested_at_ms`);--> statement-breakpoint
CREATE TABLE `session_members` (
	`session_id` text NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text NOT NULL,
	`role` text NOT NULL,
	`joined_at_ms` integer NOT NULL,
	PRIMARY KEY(`session_id`, `account_id`),
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_members_member_id_unique` ON `session_members` (`member_id`);--> statement-breakpoint
CREATE INDEX `session_members_by_account` ON `session_members` (`account_id`,`joined_at_ms`,`session_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`recording_permitted` integer NOT NULL,
	`created_at_ms` integer NOT NULL
);
