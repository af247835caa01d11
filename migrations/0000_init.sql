CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_index` text NOT NULL,
	`display_name` text NOT NULL,
	`tier` text DEFAULT 'free' NOT NULL,
	`webauthn_user_id` text,
	`created_at_ms` integer NOT NULL,
	CONSTRAINT "accounts_email_is_sealed" CHECK("accounts"."email" = '' OR "accounts"."email" = '' OR ("accounts"."email" GLOB '?*:?*' AND "accounts"."email" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("accounts"."email", instr("accounts"."email", ':') + 1), ':') = 0)),
	CONSTRAINT "accounts_display_name_is_sealed" CHECK("accounts"."display_name" = '' OR "accounts"."display_name" = '' OR ("accounts"."display_name" GLOB '?*:?*' AND "accounts"."display_name" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("accounts"."display_name", instr("accounts"."display_name", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email_index_unique` ON `accounts` (`email_index`);--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_webauthn_user_id_unique` ON `accounts` (`webauthn_user_id`);--> statement-breakpoint
CREATE TABLE `challenges` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`account_id` text,
	`data` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `challenges_by_account` ON `challenges` (`account_id`,`kind`);--> statement-breakpoint
CREATE INDEX `challenges_by_expiry` ON `challenges` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `device_codes` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`user_code` text NOT NULL,
	`label` text NOT NULL,
	`state` text NOT NULL,
	`account_id` text,
	`polled_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "device_codes_label_is_sealed" CHECK("device_codes"."label" = '' OR "device_codes"."label" = '' OR ("device_codes"."label" GLOB '?*:?*' AND "device_codes"."label" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("device_codes"."label", instr("device_codes"."label", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_codes_user_code_unique` ON `device_codes` (`user_code`);--> statement-breakpoint
CREATE INDEX `device_codes_by_expiry` ON `device_codes` (`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `device_codes_by_account` ON `device_codes` (`account_id`);--> statement-breakpoint
CREATE TABLE `known_networks` (
	`account_id` text NOT NULL,
	`network_hash` text NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	PRIMARY KEY(`account_id`, `network_hash`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `known_networks_by_use` ON `known_networks` (`last_used_at_ms`);--> statement-breakpoint
CREATE TABLE `mail_preferences` (
	`account_id` text PRIMARY KEY NOT NULL,
	`language` text NOT NULL,
	`news_consent_at_ms` integer,
	`news_consent_wording` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`label` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "passkeys_label_is_sealed" CHECK("passkeys"."label" = '' OR "passkeys"."label" = '' OR ("passkeys"."label" GLOB '?*:?*' AND "passkeys"."label" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("passkeys"."label", instr("passkeys"."label", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `passkeys_by_account` ON `passkeys` (`account_id`);--> statement-breakpoint
CREATE TABLE `passwords` (
	`account_id` text PRIMARY KEY NOT NULL,
	`user_identifier` text NOT NULL,
	`record` text NOT NULL,
	`setup_version` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `rate_limits` (
	`key` text PRIMARY KEY NOT NULL,
	`tokens` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rate_limits_by_expiry` ON `rate_limits` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`account_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`account_id`, `code_hash`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `second_factors` (
	`account_id` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL,
	`confirmed_at_ms` integer,
	`last_step` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `sign_in_events` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`method` text NOT NULL,
	`label` text NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "sign_in_events_label_is_sealed" CHECK("sign_in_events"."label" = '' OR "sign_in_events"."label" = '' OR ("sign_in_events"."label" GLOB '?*:?*' AND "sign_in_events"."label" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("sign_in_events"."label", instr("sign_in_events"."label", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `sign_in_events_by_account` ON `sign_in_events` (`account_id`,`at_ms`);--> statement-breakpoint
CREATE INDEX `sign_in_events_by_time` ON `sign_in_events` (`at_ms`);--> statement-breakpoint
CREATE TABLE `sign_ins` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`label` text NOT NULL,
	`kind` text DEFAULT 'browser' NOT NULL,
	`scope` text DEFAULT 'account' NOT NULL,
	`authenticated_at_ms` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer DEFAULT 0 NOT NULL,
	`rotated_at_ms` integer DEFAULT 0 NOT NULL,
	`previous_hash` text,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "sign_ins_label_is_sealed" CHECK("sign_ins"."label" = '' OR "sign_ins"."label" = '' OR ("sign_ins"."label" GLOB '?*:?*' AND "sign_ins"."label" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("sign_ins"."label", instr("sign_ins"."label", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_ins_token_hash_unique` ON `sign_ins` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `sign_ins_previous_hash_unique` ON `sign_ins` (`previous_hash`);--> statement-breakpoint
CREATE INDEX `sign_ins_by_account` ON `sign_ins` (`account_id`);--> statement-breakpoint
CREATE INDEX `sign_ins_by_expiry` ON `sign_ins` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `breach_notices` (
	`breach_id` text NOT NULL,
	`notice` text NOT NULL,
	`due_at_ms` integer,
	`reminded_at_ms` integer,
	`sent_at_ms` integer,
	`proof` text,
	PRIMARY KEY(`breach_id`, `notice`),
	FOREIGN KEY (`breach_id`) REFERENCES `breaches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `breach_notices_by_due` ON `breach_notices` (`sent_at_ms`,`due_at_ms`);--> statement-breakpoint
CREATE TABLE `breach_people` (
	`id` text PRIMARY KEY NOT NULL,
	`breach_id` text NOT NULL,
	`account_id` text,
	`email` text,
	`email_index` text,
	`told_at_ms` integer,
	FOREIGN KEY (`breach_id`) REFERENCES `breaches`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "breach_people_email_is_sealed" CHECK("breach_people"."email" = '' OR "breach_people"."email" = '' OR ("breach_people"."email" GLOB '?*:?*' AND "breach_people"."email" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("breach_people"."email", instr("breach_people"."email", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `breach_people_by_breach` ON `breach_people` (`breach_id`,`told_at_ms`);--> statement-breakpoint
CREATE INDEX `breach_people_by_account` ON `breach_people` (`account_id`);--> statement-breakpoint
CREATE INDEX `breach_people_by_email` ON `breach_people` (`email_index`);--> statement-breakpoint
CREATE TABLE `breaches` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`what_happened` text NOT NULL,
	`consequences` text NOT NULL,
	`measures` text NOT NULL,
	`scope` text NOT NULL,
	`aware_at_ms` integer NOT NULL,
	`fixed_at_ms` integer,
	`affected` integer DEFAULT 0 NOT NULL,
	`counted_at_ms` integer,
	`words` text,
	`closed_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `breaches_by_close` ON `breaches` (`closed_at_ms`,`aware_at_ms`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`recording_id` text NOT NULL,
	`receiver_member_id` text NOT NULL,
	`session_id` text NOT NULL,
	`name` text NOT NULL,
	`sha256` text NOT NULL,
	`owner_account_id` text,
	`receiver_account_id` text,
	`delivered_at_ms` integer NOT NULL,
	`wished_at_ms` integer,
	`answer` text,
	`answered_at_ms` integer,
	PRIMARY KEY(`recording_id`, `receiver_member_id`),
	FOREIGN KEY (`owner_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`receiver_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "deliveries_name_is_sealed" CHECK("deliveries"."name" = '' OR "deliveries"."name" = '' OR ("deliveries"."name" GLOB '?*:?*' AND "deliveries"."name" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("deliveries"."name", instr("deliveries"."name", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `deliveries_by_owner` ON `deliveries` (`owner_account_id`,`wished_at_ms`);--> statement-breakpoint
CREATE INDEX `deliveries_by_receiver` ON `deliveries` (`receiver_account_id`,`wished_at_ms`);--> statement-breakpoint
CREATE INDEX `deliveries_by_time` ON `deliveries` (`delivered_at_ms`);--> statement-breakpoint
CREATE TABLE `holds` (
	`id` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`owner` text NOT NULL,
	`account_id` text,
	`logs_from_ms` integer,
	`logs_to_ms` integer,
	`created_at_ms` integer NOT NULL,
	`review_at_ms` integer NOT NULL,
	`released_at_ms` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `holds_by_release` ON `holds` (`released_at_ms`,`review_at_ms`);--> statement-breakpoint
CREATE INDEX `holds_by_account` ON `holds` (`account_id`,`released_at_ms`);--> statement-breakpoint
CREATE TABLE `appeals` (
	`id` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`account_id` text NOT NULL,
	`text` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`answer` text,
	`answered_at_ms` integer,
	FOREIGN KEY (`decision_id`) REFERENCES `decisions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "appeals_text_is_sealed" CHECK("appeals"."text" = '' OR "appeals"."text" = '' OR ("appeals"."text" GLOB '?*:?*' AND "appeals"."text" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("appeals"."text", instr("appeals"."text", ':') + 1), ':') = 0)),
	CONSTRAINT "appeals_answer_is_sealed" CHECK("appeals"."answer" = '' OR "appeals"."answer" = '' OR ("appeals"."answer" GLOB '?*:?*' AND "appeals"."answer" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("appeals"."answer", instr("appeals"."answer", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `appeals_once` ON `appeals` (`decision_id`,`account_id`);--> statement-breakpoint
CREATE INDEX `appeals_by_account` ON `appeals` (`account_id`);--> statement-breakpoint
CREATE INDEX `appeals_open` ON `appeals` (`answered_at_ms`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `blocks` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`blocked_account_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`account_id`, `blocked_account_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`blocked_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `blocks_id_unique` ON `blocks` (`id`);--> statement-breakpoint
CREATE INDEX `blocks_by_blocked` ON `blocks` (`blocked_account_id`);--> statement-breakpoint
CREATE TABLE `decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`recording_id` text,
	`measure` text NOT NULL,
	`ground` text NOT NULL,
	`facts` text NOT NULL,
	`decided_at_ms` integer NOT NULL,
	`reversed_at_ms` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "decisions_facts_is_sealed" CHECK("decisions"."facts" = '' OR "decisions"."facts" = '' OR ("decisions"."facts" GLOB '?*:?*' AND "decisions"."facts" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("decisions"."facts", instr("decisions"."facts", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `decisions_by_account` ON `decisions` (`account_id`,`decided_at_ms`);--> statement-breakpoint
CREATE INDEX `decisions_by_time` ON `decisions` (`decided_at_ms`);--> statement-breakpoint
CREATE TABLE `hub_spellings` (
	`spelling` text NOT NULL,
	`word` text NOT NULL,
	PRIMARY KEY(`spelling`, `word`)
);
--> statement-breakpoint
CREATE TABLE `profiles` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`words` text DEFAULT '' NOT NULL,
	`sample_type` text,
	`sample_bytes` integer,
	`sample_sha256` text,
	`published_at_ms` integer,
	`hub_position` integer,
	`updated_at_ms` integer NOT NULL,
	`version` text DEFAULT '' NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "profiles_words_is_sealed" CHECK("profiles"."words" = '' OR "profiles"."words" = '' OR ("profiles"."words" GLOB '?*:?*' AND "profiles"."words" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("profiles"."words", instr("profiles"."words", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `profiles_account_id_unique` ON `profiles` (`account_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `profiles_hub_position_unique` ON `profiles` (`hub_position`);--> statement-breakpoint
CREATE TABLE `reports` (
	`id` text PRIMARY KEY NOT NULL,
	`reporter_account_id` text,
	`account_id` text NOT NULL,
	`reason` text NOT NULL,
	`details` text NOT NULL,
	`recording_id` text,
	`created_at_ms` integer NOT NULL,
	`closed_at_ms` integer,
	`decision_id` text,
	FOREIGN KEY (`reporter_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`decision_id`) REFERENCES `decisions`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "reports_details_is_sealed" CHECK("reports"."details" = '' OR "reports"."details" = '' OR ("reports"."details" GLOB '?*:?*' AND "reports"."details" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("reports"."details", instr("reports"."details", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `reports_by_decision` ON `reports` (`decision_id`);--> statement-breakpoint
CREATE INDEX `reports_by_account` ON `reports` (`account_id`);--> statement-breakpoint
CREATE INDEX `reports_by_reporter` ON `reports` (`reporter_account_id`);--> statement-breakpoint
CREATE INDEX `reports_open` ON `reports` (`closed_at_ms`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `consent_withdrawals` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`consented_at_ms` integer NOT NULL,
	`withdrawn_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `consent_withdrawals_by_time` ON `consent_withdrawals` (`withdrawn_at_ms`);--> statement-breakpoint
CREATE TABLE `mail_outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text,
	`address` text NOT NULL,
	`address_index` text DEFAULT '' NOT NULL,
	`language` text NOT NULL,
	`template` text NOT NULL,
	`template_values` text NOT NULL,
	`priority` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at_ms` integer,
	`ended_at_ms` integer,
	CONSTRAINT "mail_outbox_address_is_sealed" CHECK("mail_outbox"."address" = 'operators' OR "mail_outbox"."address" = '' OR ("mail_outbox"."address" GLOB '?*:?*' AND "mail_outbox"."address" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("mail_outbox"."address", instr("mail_outbox"."address", ':') + 1), ':') = 0)),
	CONSTRAINT "mail_outbox_template_values_is_sealed" CHECK("mail_outbox"."template_values" = '' OR "mail_outbox"."template_values" = '' OR ("mail_outbox"."template_values" GLOB '?*:?*' AND "mail_outbox"."template_values" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("mail_outbox"."template_values", instr("mail_outbox"."template_values", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `mail_outbox_by_due` ON `mail_outbox` (`priority`,`next_try_at_ms`);--> statement-breakpoint
CREATE INDEX `mail_outbox_by_end` ON `mail_outbox` (`ended_at_ms`);--> statement-breakpoint
CREATE INDEX `mail_outbox_by_account` ON `mail_outbox` (`account_id`);--> statement-breakpoint
CREATE INDEX `mail_outbox_by_address` ON `mail_outbox` (`address_index`);--> statement-breakpoint
CREATE TABLE `waitlist` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_index` text NOT NULL,
	`ip_address` text NOT NULL,
	`user_agent` text NOT NULL,
	`language` text NOT NULL,
	`consent_wording` text NOT NULL,
	`consented_at_ms` integer NOT NULL,
	`confirmed_at_ms` integer,
	`confirm_hash` text NOT NULL,
	`told_at_ms` integer,
	CONSTRAINT "waitlist_email_is_sealed" CHECK("waitlist"."email" = '' OR "waitlist"."email" = '' OR ("waitlist"."email" GLOB '?*:?*' AND "waitlist"."email" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("waitlist"."email", instr("waitlist"."email", ':') + 1), ':') = 0)),
	CONSTRAINT "waitlist_ip_address_is_sealed" CHECK("waitlist"."ip_address" = '' OR "waitlist"."ip_address" = '' OR ("waitlist"."ip_address" GLOB '?*:?*' AND "waitlist"."ip_address" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("waitlist"."ip_address", instr("waitlist"."ip_address", ':') + 1), ':') = 0)),
	CONSTRAINT "waitlist_user_agent_is_sealed" CHECK("waitlist"."user_agent" = '' OR "waitlist"."user_agent" = '' OR ("waitlist"."user_agent" GLOB '?*:?*' AND "waitlist"."user_agent" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("waitlist"."user_agent", instr("waitlist"."user_agent", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `waitlist_email_index_unique` ON `waitlist` (`email_index`);--> statement-breakpoint
CREATE UNIQUE INDEX `waitlist_confirm_hash_unique` ON `waitlist` (`confirm_hash`);--> statement-breakpoint
CREATE INDEX `waitlist_by_consent` ON `waitlist` (`confirmed_at_ms`,`consented_at_ms`);--> statement-breakpoint
CREATE INDEX `waitlist_untold` ON `waitlist` (`told_at_ms`,`confirmed_at_ms`);--> statement-breakpoint
CREATE TABLE `conversation_sides` (
	`account_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`unread` integer NOT NULL,
	`since_ms` integer NOT NULL,
	`last_message_at_ms` integer NOT NULL,
	PRIMARY KEY(`account_id`, `conversation_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`conversation_id`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `conversation_sides_by_last` ON `conversation_sides` (`account_id`,`last_message_at_ms`,`conversation_id`);--> statement-breakpoint
CREATE INDEX `conversation_sides_unread` ON `conversation_sides` (`account_id`,`unread`) WHERE "conversation_sides"."unread" > 0;--> statement-breakpoint
CREATE INDEX `conversation_sides_by_conversation` ON `conversation_sides` (`conversation_id`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`id` text PRIMARY KEY NOT NULL,
	`first_account_id` text NOT NULL,
	`second_account_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_message_at_ms` integer NOT NULL,
	FOREIGN KEY (`first_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`second_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `conversations_by_second` ON `conversations` (`second_account_id`);--> statement-breakpoint
CREATE INDEX `conversations_by_last` ON `conversations` (`last_message_at_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_of_two` ON `conversations` (`first_account_id`,`second_account_id`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`author_account_id` text NOT NULL,
	`reader_account_id` text,
	`text` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`conversation_id`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`author_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`reader_account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "messages_text_is_sealed" CHECK("messages"."text" = '' OR "messages"."text" = '' OR ("messages"."text" GLOB '?*:?*' AND "messages"."text" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("messages"."text", instr("messages"."text", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `messages_of_conversation` ON `messages` (`conversation_id`,`created_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `messages_by_author` ON `messages` (`author_account_id`);--> statement-breakpoint
CREATE INDEX `messages_by_reader` ON `messages` (`reader_account_id`);--> statement-breakpoint
CREATE INDEX `messages_by_age` ON `messages` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `operator_actions` (
	`id` text PRIMARY KEY NOT NULL,
	`operator_id` text NOT NULL,
	`what` text NOT NULL,
	`account_id` text,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `operator_actions_by_account` ON `operator_actions` (`account_id`,`at_ms`);--> statement-breakpoint
CREATE INDEX `operator_actions_by_time` ON `operator_actions` (`at_ms`);--> statement-breakpoint
CREATE TABLE `operator_sign_ins` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`operator_id` text NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`operator_id`) REFERENCES `operators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `operator_sign_ins_by_expiry` ON `operator_sign_ins` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `operators` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`key_hash` text NOT NULL,
	`secret` text NOT NULL,
	`last_step` integer DEFAULT 0 NOT NULL,
	`last_used_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operators_key_hash_unique` ON `operators` (`key_hash`);--> statement-breakpoint
CREATE INDEX `operators_by_use` ON `operators` (`last_used_at_ms`);--> statement-breakpoint
CREATE TABLE `account_erasures` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text,
	`cause` text NOT NULL,
	`confirmed_at_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`step` text NOT NULL,
	`next_try_at_ms` integer DEFAULT 0 NOT NULL,
	`finished_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `account_erasures_account_id_unique` ON `account_erasures` (`account_id`);--> statement-breakpoint
CREATE INDEX `account_erasures_by_try` ON `account_erasures` (`finished_at_ms`,`next_try_at_ms`);--> statement-breakpoint
CREATE TABLE `counting_objections` (
	`account_id` text PRIMARY KEY NOT NULL,
	`since_at_ms` integer NOT NULL,
	`wording` text NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `erasure_receipts` (
	`erasure_id` text PRIMARY KEY NOT NULL,
	`counts` text DEFAULT '{}' NOT NULL,
	`finished_at_ms` integer,
	FOREIGN KEY (`erasure_id`) REFERENCES `account_erasures`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `erasure_receipts_by_finish` ON `erasure_receipts` (`finished_at_ms`);--> statement-breakpoint
CREATE TABLE `exports` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`requested_at_ms` integer NOT NULL,
	`place` text NOT NULL,
	`pieces` integer DEFAULT 0 NOT NULL,
	`data_bytes` integer DEFAULT 0 NOT NULL,
	`ready_at_ms` integer,
	`next_try_at_ms` integer DEFAULT 0 NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `exports_by_account` ON `exports` (`account_id`,`requested_at_ms`);--> statement-breakpoint
CREATE INDEX `exports_by_expiry` ON `exports` (`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `exports_by_try` ON `exports` (`ready_at_ms`,`next_try_at_ms`);--> statement-breakpoint
CREATE TABLE `policy_notices` (
	`version` integer PRIMARY KEY NOT NULL,
	`started_at_ms` integer NOT NULL,
	`last_account_id` text DEFAULT '' NOT NULL,
	`told` integer DEFAULT 0 NOT NULL,
	`sent` integer DEFAULT 0 NOT NULL,
	`refused` integer DEFAULT 0 NOT NULL,
	`finished_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `policy_notices_by_finish` ON `policy_notices` (`finished_at_ms`);--> statement-breakpoint
CREATE TABLE `privacy_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`details` text NOT NULL,
	`received_at_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`extension_reason` text,
	`identity_checked_at_ms` integer,
	`identity_check` text,
	`reminded_at_ms` integer,
	`answer` text,
	`closed_at_ms` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "privacy_requests_details_is_sealed" CHECK("privacy_requests"."details" = '' OR "privacy_requests"."details" = '' OR ("privacy_requests"."details" GLOB '?*:?*' AND "privacy_requests"."details" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("privacy_requests"."details", instr("privacy_requests"."details", ':') + 1), ':') = 0)),
	CONSTRAINT "privacy_requests_extension_reason_is_sealed" CHECK("privacy_requests"."extension_reason" = '' OR "privacy_requests"."extension_reason" = '' OR ("privacy_requests"."extension_reason" GLOB '?*:?*' AND "privacy_requests"."extension_reason" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("privacy_requests"."extension_reason", instr("privacy_requests"."extension_reason", ':') + 1), ':') = 0)),
	CONSTRAINT "privacy_requests_identity_check_is_sealed" CHECK("privacy_requests"."identity_check" = '' OR "privacy_requests"."identity_check" = '' OR ("privacy_requests"."identity_check" GLOB '?*:?*' AND "privacy_requests"."identity_check" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("privacy_requests"."identity_check", instr("privacy_requests"."identity_check", ':') + 1), ':') = 0)),
	CONSTRAINT "privacy_requests_answer_is_sealed" CHECK("privacy_requests"."answer" = '' OR "privacy_requests"."answer" = '' OR ("privacy_requests"."answer" GLOB '?*:?*' AND "privacy_requests"."answer" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("privacy_requests"."answer", instr("privacy_requests"."answer", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE INDEX `privacy_requests_by_account` ON `privacy_requests` (`account_id`,`received_at_ms`);--> statement-breakpoint
CREATE INDEX `privacy_requests_by_due` ON `privacy_requests` (`closed_at_ms`,`due_at_ms`);--> statement-breakpoint
CREATE TABLE `restrictions` (
	`account_id` text PRIMARY KEY NOT NULL,
	`since_at_ms` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `run_records` (
	`number` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`counts` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `run_records_by_time` ON `run_records` (`at_ms`);--> statement-breakpoint
CREATE TABLE `usage_counts` (
	`day_ms` integer NOT NULL,
	`feature` text NOT NULL,
	`ending` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`day_ms`, `feature`, `ending`)
);
--> statement-breakpoint
CREATE INDEX `usage_counts_by_count` ON `usage_counts` (`count`,`day_ms`);--> statement-breakpoint
CREATE TABLE `orphans` (
	`key` text PRIMARY KEY NOT NULL,
	`found_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `orphans_by_age` ON `orphans` (`found_at_ms`);--> statement-breakpoint
CREATE TABLE `recording_consents` (
	`account_id` text NOT NULL,
	`session_id` text NOT NULL,
	`wording` text NOT NULL,
	`given_at_ms` integer NOT NULL,
	`withdrawn_at_ms` integer,
	PRIMARY KEY(`account_id`, `session_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `recording_consents_by_session` ON `recording_consents` (`session_id`);--> statement-breakpoint
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
	`peaks_bytes` integer DEFAULT 0 NOT NULL,
	`hashed_bytes` integer DEFAULT 0 NOT NULL,
	`hash_state` text,
	`notices_sent` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`completed_at_ms` integer,
	`expires_at_ms` integer,
	`withheld_at_ms` integer,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "recordings_name_is_sealed" CHECK("recordings"."name" = '' OR "recordings"."name" = '' OR ("recordings"."name" GLOB '?*:?*' AND "recordings"."name" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("recordings"."name", instr("recordings"."name", ':') + 1), ':') = 0)),
	CONSTRAINT "recordings_state" CHECK("recordings"."state" IN ('uploading', 'complete', 'deleting'))
);
--> statement-breakpoint
CREATE INDEX `recordings_by_session` ON `recordings` (`session_id`,`created_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `recordings_by_account` ON `recordings` (`account_id`,`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `recordings_by_owner` ON `recordings` (`account_id`,`created_at_ms`,`id`);--> statement-breakpoint
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
CREATE INDEX `retention_notices_by_end` ON `retention_notices` (`first_expires_at_ms`);--> statement-breakpoint
CREATE TABLE `storage_use` (
	`account_id` text PRIMARY KEY NOT NULL,
	`held_bytes` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `sweep_places` (
	`name` text PRIMARY KEY NOT NULL,
	`place` text
);
--> statement-breakpoint
CREATE TABLE `invites` (
	`id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`label` text DEFAULT '' NOT NULL,
	`role` text NOT NULL,
	`uses_left` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "invites_label_is_sealed" CHECK("invites"."label" = '' OR "invites"."label" = '' OR ("invites"."label" GLOB '?*:?*' AND "invites"."label" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("invites"."label", instr("invites"."label", ':') + 1), ':') = 0)),
	CONSTRAINT "invites_role" CHECK("invites"."role" IN ('participant', 'observer'))
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
	`number` integer DEFAULT 0 NOT NULL,
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
	`next_try_at_ms` integer DEFAULT 0 NOT NULL,
	`finished_at_ms` integer,
	FOREIGN KEY (`requested_by`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `session_erasures_by_try` ON `session_erasures` (`finished_at_ms`,`next_try_at_ms`);--> statement-breakpoint
CREATE INDEX `session_erasures_by_account` ON `session_erasures` (`requested_by`,`next_try_at_ms`);--> statement-breakpoint
CREATE TABLE `session_evenings` (
	`session_id` text PRIMARY KEY NOT NULL,
	`starts_at` text NOT NULL,
	`time_zone` text NOT NULL,
	`minutes` integer NOT NULL,
	`repeats` text NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "session_evenings_repeats" CHECK("session_evenings"."repeats" IN ('never', 'weekly', 'fortnightly'))
);
--> statement-breakpoint
CREATE TABLE `session_guests` (
	`member_id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`display_name` text NOT NULL,
	`role` text NOT NULL,
	`invite_id` text NOT NULL,
	`joined_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "session_guests_role" CHECK("session_guests"."role" IN ('participant', 'observer')),
	CONSTRAINT "session_guests_display_name_is_sealed" CHECK("session_guests"."display_name" = '' OR "session_guests"."display_name" = '' OR ("session_guests"."display_name" GLOB '?*:?*' AND "session_guests"."display_name" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("session_guests"."display_name", instr("session_guests"."display_name", ':') + 1), ':') = 0))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_guests_token_hash_unique` ON `session_guests` (`token_hash`);--> statement-breakpoint
CREATE INDEX `session_guests_by_session` ON `session_guests` (`session_id`,`joined_at_ms`);--> statement-breakpoint
CREATE INDEX `session_guests_by_age` ON `session_guests` (`joined_at_ms`);--> statement-breakpoint
CREATE TABLE `session_members` (
	`session_id` text NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text NOT NULL,
	`role` text NOT NULL,
	`joined_at_ms` integer NOT NULL,
	PRIMARY KEY(`session_id`, `account_id`),
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "session_members_role" CHECK("session_members"."role" IN ('host', 'participant', 'observer'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_members_member_id_unique` ON `session_members` (`member_id`);--> statement-breakpoint
CREATE INDEX `session_members_by_account` ON `session_members` (`account_id`,`joined_at_ms`,`session_id`);--> statement-breakpoint
CREATE TABLE `session_seats` (
	`member_id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`account_id` text NOT NULL,
	`left_at_ms` integer,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `session_seats_by_account` ON `session_seats` (`account_id`);--> statement-breakpoint
CREATE INDEX `session_seats_by_session` ON `session_seats` (`session_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`recording_permitted` integer NOT NULL,
	`guests_allowed` integer DEFAULT false NOT NULL,
	`decisions` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	CONSTRAINT "sessions_name_is_sealed" CHECK("sessions"."name" = '' OR "sessions"."name" = '' OR ("sessions"."name" GLOB '?*:?*' AND "sessions"."name" NOT GLOB '*[^-A-Za-z0-9+/=:_]*' AND instr(substr("sessions"."name", instr("sessions"."name", ':') + 1), ':') = 0))
);
