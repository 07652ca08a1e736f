BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE breakers (
	entry VARCHAR(120) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	open_until DOUBLE NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (entry, account)
);
CREATE TABLE budgets (
	scope VARCHAR(240) NOT NULL, 
	committed_micro BIGINT NOT NULL, 
	PRIMARY KEY (scope)
);
INSERT INTO "budgets" VALUES('episode why-tea-is-brown',1850000);
CREATE TABLE channel_tokens (
	account VARCHAR(240) NOT NULL, 
	version INTEGER NOT NULL, 
	sealed TEXT NOT NULL, 
	access_until DOUBLE, 
	refresh_until DOUBLE, 
	scopes JSON NOT NULL, 
	account_name VARCHAR(200) DEFAULT '' NOT NULL, 
	turn_owner VARCHAR(200) DEFAULT '' NOT NULL, 
	turn_until DOUBLE DEFAULT '0' NOT NULL, 
	changed_at DOUBLE NOT NULL, 
	PRIMARY KEY (account)
);
CREATE TABLE channel_uses (
	id INTEGER NOT NULL, 
	place VARCHAR(240) NOT NULL, 
	quota VARCHAR(80) NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE charges (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	job INTEGER NOT NULL, 
	what VARCHAR(16) NOT NULL, 
	micro BIGINT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(job) REFERENCES jobs (id)
);
INSERT INTO "charges" VALUES(1,1.79525934633421039576e+09,1,'reserved',900000,'');
INSERT INTO "charges" VALUES(2,1.79525934640976214413e+09,1,'charged',850000,'');
INSERT INTO "charges" VALUES(3,1.79525934640976214413e+09,1,'released',50000,'');
INSERT INTO "charges" VALUES(4,1.79525934643849921232e+09,2,'reserved',400000,'');
INSERT INTO "charges" VALUES(5,1.79525934646206521984e+09,2,'charged',400000,'');
INSERT INTO "charges" VALUES(6,1.79525934649810838699e+09,3,'reserved',600000,'');
INSERT INTO "charges" VALUES(7,1.79525934652599954599e+09,3,'suspected',600000,'');
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	attempt INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	entry VARCHAR(120) NOT NULL, 
	model VARCHAR(200) DEFAULT '' NOT NULL, 
	account VARCHAR(64) DEFAULT '' NOT NULL, 
	episode VARCHAR(200) DEFAULT '' NOT NULL, 
	series VARCHAR(120) DEFAULT '' NOT NULL, 
	run VARCHAR(64) DEFAULT '' NOT NULL, 
	shot INTEGER DEFAULT '0' NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	caps JSON NOT NULL, 
	idempotency_key VARCHAR(120) NOT NULL, 
	ticket JSON, 
	clip JSON, 
	reserved_micro BIGINT DEFAULT '0' NOT NULL, 
	charged_micro BIGINT, 
	kind VARCHAR(32) DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	billed BOOLEAN DEFAULT false NOT NULL, 
	owner VARCHAR(200) DEFAULT '' NOT NULL, 
	lease_until DOUBLE DEFAULT '0' NOT NULL, 
	claimed_at DOUBLE NOT NULL, 
	started_at DOUBLE, 
	ended_at DOUBLE, 
	PRIMARY KEY (id), 
	CONSTRAINT one_attempt UNIQUE ("key", attempt)
);
INSERT INTO "jobs" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'done','kling-v3','kling-v3','','why-tea-is-brown','','',1,'2026-11-21','["episode why-tea-is-brown"]','rw-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1',NULL,'{"sha256": "1111111111111111111111111111111111111111111111111111111111111111", "media_type": "video/mp4", "size_bytes": 7, "facts": {}}',900000,850000,'','',1,'holder-1',0.0,1.79525934633421039576e+09,NULL,1.79525934640976214413e+09);
INSERT INTO "jobs" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1,'failed','kling-v3','kling-v3','','why-tea-is-brown','','',2,'2026-11-21','["episode why-tea-is-brown"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1',NULL,NULL,400000,400000,'moderated','blocked',1,'holder-1',0.0,1.79525934643849921232e+09,NULL,1.79525934646206521984e+09);
INSERT INTO "jobs" VALUES(3,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1,'suspect','kling-v3','kling-v3','','why-tea-is-brown','','',3,'2026-11-21','["episode why-tea-is-brown"]','rw-cccccccccccccccccccccccccccccccccccccccc-1',NULL,NULL,600000,NULL,'unknown','no answer',0,'holder-1',0.0,1.79525934649810838699e+09,NULL,1.79525934652599954599e+09);
CREATE TABLE publication_events (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	publication INTEGER NOT NULL, 
	what VARCHAR(32) NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(publication) REFERENCES publications (id)
);
INSERT INTO "publication_events" VALUES(1,1.79527251249164152141e+09,1,'intent','');
INSERT INTO "publication_events" VALUES(2,1.79527251253131294251e+09,1,'session','');
INSERT INTO "publication_events" VALUES(3,1.79527251255860829351e+09,1,'bytes','');
INSERT INTO "publication_events" VALUES(4,1.79527251260599493977e+09,1,'calling submit','');
INSERT INTO "publication_events" VALUES(5,1.79527251262299323078e+09,1,'submitted','');
INSERT INTO "publication_events" VALUES(6,1.79527251264869475363e+09,1,'published','');
CREATE TABLE publications (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	slug VARCHAR(200) NOT NULL, 
	place VARCHAR(240) NOT NULL, 
	edition INTEGER DEFAULT '1' NOT NULL, 
	channel VARCHAR(120) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	marker VARCHAR(32) NOT NULL, 
	series VARCHAR(120) DEFAULT '' NOT NULL, 
	run VARCHAR(64) DEFAULT '' NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	calling VARCHAR(16) DEFAULT '' NOT NULL, 
	called_at DOUBLE, 
	post JSON NOT NULL, 
	handle JSON, 
	outcome JSON, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	remote_id VARCHAR(400) DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	refusal VARCHAR(32) DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	person_should TEXT DEFAULT '' NOT NULL, 
	slot DOUBLE, 
	not_before DOUBLE DEFAULT '0' NOT NULL, 
	owner VARCHAR(200) DEFAULT '' NOT NULL, 
	lease_until DOUBLE DEFAULT '0' NOT NULL, 
	created_at DOUBLE NOT NULL, 
	changed_at DOUBLE NOT NULL, 
	published_at DOUBLE, entry JSON, 
	PRIMARY KEY (id), 
	CONSTRAINT one_publication UNIQUE (sha256, place, edition), 
	CONSTRAINT one_publication_of_a_name UNIQUE (slug, place, edition)
);
INSERT INTO "publications" VALUES(1,'d6168b1feeaf2ce4bf2f1ea991ea95fad5d1d2d1092cb34ffa6ac8c11b78adc9','tea','folder:/srv/published',1,'folder','folder','rw400700ee5ce1','','','published','',1.79527251260599493977e+09,'{"channel": "folder", "kind": "folder", "marker": "rw400700ee5ce1", "title": "Tea", "text": "Tea", "tags": [], "language": "en", "privacy": "public", "at": null, "ai_label": true, "ai_label_reason": "the manifest says that it is made with AI", "made_for_kids": false, "master_sha256": "", "video": {"sha256": "d6168b1feeaf2ce4bf2f1ea991ea95fad5d1d2d1092cb34ffa6ac8c11b78adc9", "size_bytes": 704323, "media_type": "video/mp4"}, "cover": {"sha256": "c0397963fdafe4177c9bdfb78995b1c66aaea5decb0b58a342d123078a6a6a57", "size_bytes": 118995, "media_type": "image/jpeg"}, "captions": {"sha256": "7dbaf9a7781839272419f8a2f85a0af4056e2dfbfaa2838c8196081bd76bec84", "size_bytes": 86, "media_type": "text/vtt"}, "seconds": "41/25", "size": {"width": 720, "height": 1280}, "extra": {"folder": "tea"}, "problems": [], "warnings": []}','{"schema_version": 1, "kind": "folder", "account": "/srv/published", "session": "", "remote_id": "tea", "url": "file:///srv/published/tea", "sent_bytes": 704323, "opened_at": "2026-11-21T14:48:32.531047Z", "expires_at": null, "extra": {}}','{"state": "published", "remote_id": "tea", "url": "file:///srv/published/tea", "at": "2026-11-21T14:48:32Z", "note": ""}',0,'tea','file:///srv/published/tea','','','',NULL,0.0,'',0.0,1.79527251249164152141e+09,1.79527251264869475363e+09,1795272512.0,'{"kind": "folder", "name": "", "base_url": "", "account": "default", "api_key": null, "settings": {"path": "published"}, "options": {}, "rendition": null}');
INSERT INTO "publications" VALUES(2,'d6168b1feeaf2ce4bf2f1ea991ea95fad5d1d2d1092cb34ffa6ac8c11b78adc9','tea','youtube/UC123',1,'youtube','youtube','rw000000000002','','','unknown','submit',1.79527251260599493977e+09,'{"channel": "folder", "kind": "folder", "marker": "rw400700ee5ce1", "title": "Tea", "text": "Tea", "tags": [], "language": "en", "privacy": "public", "at": null, "ai_label": true, "ai_label_reason": "the manifest says that it is made with AI", "made_for_kids": false, "master_sha256": "", "video": {"sha256": "d6168b1feeaf2ce4bf2f1ea991ea95fad5d1d2d1092cb34ffa6ac8c11b78adc9", "size_bytes": 704323, "media_type": "video/mp4"}, "cover": {"sha256": "c0397963fdafe4177c9bdfb78995b1c66aaea5decb0b58a342d123078a6a6a57", "size_bytes": 118995, "media_type": "image/jpeg"}, "captions": {"sha256": "7dbaf9a7781839272419f8a2f85a0af4056e2dfbfaa2838c8196081bd76bec84", "size_bytes": 86, "media_type": "text/vtt"}, "seconds": "41/25", "size": {"width": 720, "height": 1280}, "extra": {"folder": "tea"}, "problems": [], "warnings": []}','{"schema_version": 1, "kind": "folder", "account": "/srv/published", "session": "", "remote_id": "tea", "url": "file:///srv/published/tea", "sent_bytes": 704323, "opened_at": "2026-11-21T14:48:32.531047Z", "expires_at": null, "extra": {}}',NULL,0,'','','','no answer','Run `reelwright reconcile`.',NULL,0.0,'',0.0,1.79527251249164152141e+09,1.79527251264869475363e+09,NULL,'{"kind": "folder", "name": "", "base_url": "", "account": "default", "api_key": null, "settings": {"path": "published"}, "options": {}, "rendition": null}');
CREATE TABLE series_ideas (
	series VARCHAR(120) NOT NULL, 
	topic VARCHAR(64) NOT NULL, 
	brief JSON NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	found_at DOUBLE NOT NULL, 
	PRIMARY KEY (series, topic)
);
CREATE TABLE series_slots (
	series VARCHAR(120) NOT NULL, 
	slot VARCHAR(40) NOT NULL, 
	rule VARCHAR(60) DEFAULT '' NOT NULL, 
	at DOUBLE, 
	state VARCHAR(16) NOT NULL, 
	topic VARCHAR(64), 
	title TEXT DEFAULT '' NOT NULL, 
	brief JSON, 
	source TEXT DEFAULT '' NOT NULL, 
	folder TEXT DEFAULT '' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	run VARCHAR(64) DEFAULT '' NOT NULL, 
	booked_at DOUBLE NOT NULL, 
	changed_at DOUBLE NOT NULL, 
	PRIMARY KEY (series, slot), 
	CONSTRAINT one_slot_for_a_topic UNIQUE (series, topic)
);
INSERT INTO "series_slots" VALUES('kitchen-science','2026-12-01T18:00','evenings',1796144400.0,'made','9eeadc610d41009d814192e79fa2d4926e3e9164e7a75c0a3643ff7731834dfc','Why tea is brown','{"title": "Why tea is brown", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "fit": null, "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": [], "effects": []}], "topic": "", "channels": {}}','topics.csv:2','out/why-tea-is-brown',0,'','',1.79527254553977727892e+09,1.79527254557835578923e+09);
INSERT INTO "series_slots" VALUES('kitchen-science','2026-12-03T18:00','evenings',1796317200.0,'booked','5bc012638fc868b9da6700df06c21945ce17174ae53f8b4ccfc6a5703c1ccfb7','Why milk boils over','{"title": "Why milk boils over", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "fit": null, "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": [], "effects": []}], "topic": "", "channels": {}}','topics.csv:2','',0,'','',1.79527254559247612954e+09,1.79527254559247612954e+09);
CREATE UNIQUE INDEX one_live_job ON jobs ("key") WHERE state IN ('claimed', 'starting', 'started');
CREATE INDEX jobs_by_day ON jobs (day);
CREATE INDEX charges_by_time ON charges (at);
CREATE INDEX publications_by_change ON publications (changed_at);
CREATE INDEX publication_events_by_publication ON publication_events (publication);
CREATE INDEX channel_uses_by_quota ON channel_uses (place, quota, at);
CREATE INDEX series_slots_by_time ON series_slots (series, at);
COMMIT;
