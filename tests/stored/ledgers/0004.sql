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
INSERT INTO "breakers" VALUES('veo-3.1','0123abcd',1,1.7952946108560655117e+09,'billing','no credits');
CREATE TABLE budgets (
	scope VARCHAR(240) NOT NULL, 
	committed_micro BIGINT NOT NULL, 
	PRIMARY KEY (scope)
);
INSERT INTO "budgets" VALUES('day 2026-11-21',2900001);
INSERT INTO "budgets" VALUES('episode why-tea-is-brown',2900001);
INSERT INTO "budgets" VALUES('series kitchen-science in 2026-11',2900001);
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
INSERT INTO "channel_tokens" VALUES('youtube/default',1,'xrcTtYrKk3sJiYTQk3ewamEKJDSJVDlff6ItMy+/iaZSUkUdBSi1sFheQMmKIUN8P5r8J1KAi1CRGqAd3nQqrQP6LDhzl4mTcw1E+nYWVT+Y72rM+fBvywGW',1795255200.0,NULL,'["upload"]','Tea','',0.0,1.7952937108698103428e+09);
CREATE TABLE channel_uses (
	id INTEGER NOT NULL, 
	place VARCHAR(240) NOT NULL, 
	quota VARCHAR(80) NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "channel_uses" VALUES(1,'youtube/UC123','videos.insert',1.79529371099232196804e+09);
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
INSERT INTO "charges" VALUES(1,1.7952937107984995842e+09,1,'reserved',900000,'');
INSERT INTO "charges" VALUES(2,1.79529371080912709241e+09,1,'charged',850000,'');
INSERT INTO "charges" VALUES(3,1.79529371080912709241e+09,1,'released',50000,'');
INSERT INTO "charges" VALUES(4,1.79529371081169605251e+09,2,'reserved',400000,'');
INSERT INTO "charges" VALUES(5,1.79529371081636762623e+09,2,'charged',400000,'');
INSERT INTO "charges" VALUES(6,1.79529371081794977185e+09,3,'reserved',400000,'');
INSERT INTO "charges" VALUES(7,1.79529371082139325142e+09,3,'released',400000,'');
INSERT INTO "charges" VALUES(8,1.79529371082268548011e+09,4,'reserved',600000,'');
INSERT INTO "charges" VALUES(9,1.79529371082565832136e+09,4,'suspected',600000,'');
INSERT INTO "charges" VALUES(10,1.79529371082734298704e+09,5,'reserved',500000,'');
INSERT INTO "charges" VALUES(11,1.79529371083117532731e+09,5,'suspected',500000,'');
INSERT INTO "charges" VALUES(12,1.79529371083200836177e+09,6,'reserved',300000,'');
INSERT INTO "charges" VALUES(13,1.79529371083880734446e+09,7,'reserved',250000,'');
INSERT INTO "charges" VALUES(14,1.79529371084852242467e+09,8,'reserved',1,'');
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
INSERT INTO "jobs" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'done','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',1,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_a", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_a"}}','{"sha256": "1111111111111111111111111111111111111111111111111111111111111111", "media_type": "video/mp4", "size_bytes": 7, "facts": {}}',900000,850000,'','',1,'old-machine|4711|1795000000|holder-1',0.0,1.7952937107984995842e+09,1.79529371080789399142e+09,1.79529371080912709241e+09);
INSERT INTO "jobs" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1,'failed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',2,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_b", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_b"}}',NULL,400000,400000,'moderated','blocked',1,'old-machine|4711|1795000000|holder-1',0.0,1.79529371081169605251e+09,1.79529371081570076947e+09,1.79529371081636762623e+09);
INSERT INTO "jobs" VALUES(3,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',2,'failed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',2,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-2',NULL,NULL,400000,0,'busy','503',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529371081794977185e+09,NULL,1.79529371082139325142e+09);
INSERT INTO "jobs" VALUES(4,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1,'suspect','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',3,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-cccccccccccccccccccccccccccccccccccccccc-1',NULL,NULL,600000,NULL,'unknown','no answer',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529371082268548011e+09,NULL,1.79529371082565832136e+09);
INSERT INTO "jobs" VALUES(5,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1,'suspect','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',4,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-dddddddddddddddddddddddddddddddddddddddd-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_d", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_d"}}',NULL,500000,NULL,'timed_out','out of time',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529371082734298704e+09,1.79529371083058643344e+09,1.79529371083117532731e+09);
INSERT INTO "jobs" VALUES(6,'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',1,'started','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',5,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_e", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_e"}}',NULL,300000,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529371083898615837e+09,1.79529371083200836177e+09,1.7952937108379862308e+09,NULL);
INSERT INTO "jobs" VALUES(7,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',1,'starting','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',6,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-ffffffffffffffffffffffffffffffffffffffff-1',NULL,NULL,250000,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529371084271621708e+09,1.79529371083880734446e+09,NULL,NULL);
INSERT INTO "jobs" VALUES(8,'0000000000000000000000000000000000000000000000000000000000000000',1,'claimed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',7,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-0000000000000000000000000000000000000000-1',NULL,NULL,1,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529371084952235225e+09,1.79529371084852242467e+09,NULL,NULL);
CREATE TABLE publication_events (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	publication INTEGER NOT NULL, 
	what VARCHAR(32) NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(publication) REFERENCES publications (id)
);
INSERT INTO "publication_events" VALUES(1,1.79529371099577069285e+09,1,'intent','');
INSERT INTO "publication_events" VALUES(2,1.79529371100027227399e+09,1,'session','');
INSERT INTO "publication_events" VALUES(3,1.79529371100268650049e+09,1,'bytes','');
INSERT INTO "publication_events" VALUES(4,1.79529371100414133067e+09,1,'calling submit','');
INSERT INTO "publication_events" VALUES(5,1.79529371100566792485e+09,1,'submitted','');
INSERT INTO "publication_events" VALUES(6,1.79529371100716543191e+09,1,'published','');
INSERT INTO "publication_events" VALUES(7,1.79529371100948095321e+09,2,'intent','');
INSERT INTO "publication_events" VALUES(8,1.79529371101107430462e+09,2,'session','');
INSERT INTO "publication_events" VALUES(9,1.79529371101210188867e+09,2,'calling upload','');
INSERT INTO "publication_events" VALUES(10,1.79529371101306509973e+09,2,'unknown','no answer');
INSERT INTO "publication_events" VALUES(11,1.79529371101459932322e+09,3,'intent','');
INSERT INTO "publication_events" VALUES(12,1.79529371101592206952e+09,3,'failed','invalidTitle');
INSERT INTO "publication_events" VALUES(13,1.79529371101747035974e+09,4,'intent','');
INSERT INTO "publication_events" VALUES(14,1.79529371101891684538e+09,4,'session','');
INSERT INTO "publication_events" VALUES(15,1.79529371101989269256e+09,5,'intent','');
INSERT INTO "publication_events" VALUES(16,1.79529371102105259894e+09,5,'submitted','');
INSERT INTO "publication_events" VALUES(17,1.79529371102213048932e+09,5,'submitted','the slot');
INSERT INTO "publication_events" VALUES(18,1.7952937110236260891e+09,6,'intent','');
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
INSERT INTO "publications" VALUES(1,'1111111111111111111111111111111111111111111111111111111111111111','tea-1','youtube/UC123',1,'youtube','youtube','rw000000000001','kitchen-science','run-1','published','',1.79529371100414133067e+09,'{"channel": "youtube", "kind": "youtube", "marker": "rw000000000001", "title": "Why tea is brown", "text": "Leaves hold tannin.\n\n#tea", "tags": ["tea"], "language": "en", "privacy": "public", "at": "2027-12-26T10:00:00Z", "ai_label": true, "ai_label_reason": "the manifest says so", "made_for_kids": false, "video": {"sha256": "1111111111111111111111111111111111111111111111111111111111111111", "size_bytes": 1000, "media_type": "video/mp4"}, "cover": null, "captions": null, "seconds": 6, "size": {"width": 1080, "height": 1920}, "extra": {"category": "27"}, "problems": [], "warnings": ["the title was cut"]}','{"schema_version": 1, "kind": "youtube", "account": "UC123", "session": "https://upload.example/session-1", "remote_id": "vid1", "url": "https://youtu.be/vid1", "sent_bytes": 0, "opened_at": "2026-11-21T10:00:00Z", "expires_at": null, "extra": {"part": 1}}','{"state": "published", "remote_id": "vid1", "url": "https://youtu.be/vid1", "at": "2026-11-21T10:00:00Z", "note": ""}',0,'vid1','https://youtu.be/vid1','','','',1829815200.0,0.0,'',0.0,1.79529371099577069285e+09,1.79529371100716543191e+09,1795255200.0,'{"kind": "youtube", "name": "youtube", "base_url": "", "account": "default", "api_key": null, "settings": {}, "options": {}}');
INSERT INTO "publications" VALUES(2,'2222222222222222222222222222222222222222222222222222222222222222','tea-2','youtube/UC123',1,'youtube','youtube','rw000000000002','kitchen-science','run-1','unknown','upload',1.79529371101210188867e+09,'{"channel": "youtube", "kind": "youtube", "marker": "rw000000000002", "title": "Why tea is brown", "text": "Leaves hold tannin.\n\n#tea", "tags": ["tea"], "language": "en", "privacy": "public", "at": "2027-12-26T10:00:00Z", "ai_label": true, "ai_label_reason": "the manifest says so", "made_for_kids": false, "video": {"sha256": "2222222222222222222222222222222222222222222222222222222222222222", "size_bytes": 1000, "media_type": "video/mp4"}, "cover": null, "captions": null, "seconds": 6, "size": {"width": 1080, "height": 1920}, "extra": {"category": "27"}, "problems": [], "warnings": ["the title was cut"]}','{"schema_version": 1, "kind": "youtube", "account": "UC123", "session": "https://upload.example/session-2", "remote_id": "", "url": "", "sent_bytes": 0, "opened_at": "2026-11-21T10:00:00Z", "expires_at": null, "extra": {"part": 1}}','null',0,'','','','no answer','look at the channel',1829815200.0,0.0,'',0.0,1.79529371100948095321e+09,1.79529371101306509973e+09,NULL,'{"kind": "youtube", "name": "youtube", "base_url": "", "account": "default", "api_key": null, "settings": {}, "options": {}}');
INSERT INTO "publications" VALUES(3,'3333333333333333333333333333333333333333333333333333333333333333','tea-3','youtube/UC123',1,'youtube','youtube','rw000000000003','kitchen-science','run-1','failed','',NULL,'{"channel": "youtube", "kind": "youtube", "marker": "rw000000000003", "title": "Why tea is brown", "text": "Leaves hold tannin.\n\n#tea", "tags": ["tea"], "language": "en", "privacy": "public", "at": "2027-12-26T10:00:00Z", "ai_label": true, "ai_label_reason": "the manifest says so", "made_for_kids": false, "video": {"sha256": "3333333333333333333333333333333333333333333333333333333333333333", "size_bytes": 1000, "media_type": "video/mp4"}, "cover": null, "captions": null, "seconds": 6, "size": {"width": 1080, "height": 1920}, "extra": {"category": "27"}, "problems": [], "warnings": ["the title was cut"]}',NULL,'{"state": "refused", "kind": "text", "reason": "invalidTitle", "person_should": "change the title", "retry_after_seconds": null, "remote_id": ""}',0,'','','text','invalidTitle','change the title',1829815200.0,0.0,'',0.0,1.79529371101459932322e+09,1.79529371101592206952e+09,NULL,'{"kind": "youtube", "name": "youtube", "base_url": "", "account": "default", "api_key": null, "settings": {}, "options": {}}');
INSERT INTO "publications" VALUES(4,'4444444444444444444444444444444444444444444444444444444444444444','tea-4','youtube/UC123',1,'youtube','youtube','rw000000000004','kitchen-science','run-1','session','',NULL,'{"channel": "youtube", "kind": "youtube", "marker": "rw000000000004", "title": "Why tea is brown", "text": "Leaves hold tannin.\n\n#tea", "tags": ["tea"], "language": "en", "privacy": "public", "at": "2027-12-26T10:00:00Z", "ai_label": true, "ai_label_reason": "the manifest says so", "made_for_kids": false, "video": {"sha256": "4444444444444444444444444444444444444444444444444444444444444444", "size_bytes": 1000, "media_type": "video/mp4"}, "cover": null, "captions": null, "seconds": 6, "size": {"width": 1080, "height": 1920}, "extra": {"category": "27"}, "problems": [], "warnings": ["the title was cut"]}','{"schema_version": 1, "kind": "youtube", "account": "UC123", "session": "https://upload.example/session-4", "remote_id": "", "url": "", "sent_bytes": 500, "opened_at": "2026-11-21T10:00:00Z", "expires_at": null, "extra": {"part": 1}}','null',0,'','','','','',1829815200.0,0.0,'old-machine|4711|1795000000|holder-1',1.79529371101991677282e+09,1.79529371101747035974e+09,1.79529371101891684538e+09,NULL,'{"kind": "youtube", "name": "youtube", "base_url": "", "account": "default", "api_key": null, "settings": {}, "options": {}}');
INSERT INTO "publications" VALUES(5,'5555555555555555555555555555555555555555555555555555555555555555','tea-5','youtube/UC123',1,'youtube','youtube','rw000000000005','kitchen-science','run-1','submitted','',NULL,'{"channel": "youtube", "kind": "youtube", "marker": "rw000000000005", "title": "Why tea is brown", "text": "Leaves hold tannin.\n\n#tea", "tags": ["tea"], "language": "en", "privacy": "public", "at": "2027-12-26T10:00:00Z", "ai_label": true, "ai_label_reason": "the manifest says so", "made_for_kids": false, "video": {"sha256": "5555555555555555555555555555555555555555555555555555555555555555", "size_bytes": 1000, "media_type": "video/mp4"}, "cover": null, "captions": null, "seconds": 6, "size": {"width": 1080, "height": 1920}, "extra": {"category": "27"}, "problems": [], "warnings": ["the title was cut"]}','{"schema_version": 1, "kind": "youtube", "account": "UC123", "session": "https://upload.example/session-5", "remote_id": "vid5", "url": "", "sent_bytes": 0, "opened_at": "2026-11-21T10:00:00Z", "expires_at": null, "extra": {"part": 1}}','{"state": "processing", "look_after_seconds": 30.0, "note": ""}',1,'vid5','','','the slot','',1829815200.0,1829815200.0,'',0.0,1.79529371101989269256e+09,1.79529371102213048932e+09,NULL,'{"kind": "youtube", "name": "youtube", "base_url": "", "account": "default", "api_key": null, "settings": {}, "options": {}}');
INSERT INTO "publications" VALUES(6,'6666666666666666666666666666666666666666666666666666666666666666','tea-6','youtube/UC123',1,'youtube','youtube','rw000000000006','kitchen-science','run-1','intent','',NULL,'{"channel": "youtube", "kind": "youtube", "marker": "rw000000000006", "title": "Why tea is brown", "text": "Leaves hold tannin.\n\n#tea", "tags": ["tea"], "language": "en", "privacy": "public", "at": "2027-12-26T10:00:00Z", "ai_label": true, "ai_label_reason": "the manifest says so", "made_for_kids": false, "video": {"sha256": "6666666666666666666666666666666666666666666666666666666666666666", "size_bytes": 1000, "media_type": "video/mp4"}, "cover": null, "captions": null, "seconds": 6, "size": {"width": 1080, "height": 1920}, "extra": {"category": "27"}, "problems": [], "warnings": ["the title was cut"]}',NULL,NULL,0,'','','','','',1829815200.0,0.0,'old-machine|4711|1795000000|holder-1',1.79529371102462601654e+09,1.7952937110236260891e+09,1.7952937110236260891e+09,NULL,'{"kind": "youtube", "name": "youtube", "base_url": "", "account": "default", "api_key": null, "settings": {}, "options": {}}');
CREATE TABLE series_ideas (
	series VARCHAR(120) NOT NULL, 
	topic VARCHAR(64) NOT NULL, 
	brief JSON NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	found_at DOUBLE NOT NULL, 
	PRIMARY KEY (series, topic)
);
INSERT INTO "series_ideas" VALUES('kitchen-science','74738d14ca31cc538cd75e5649312f67b15d36a92292bf316380c7c86c341658','{"title": "Why pasta water is gold", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": []}], "topic": "", "channels": {}}','topics.csv, line 2',1.79529371122839736933e+09);
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
INSERT INTO "series_slots" VALUES('kitchen-science','2026-12-01T18:00','evenings',1796144400.0,'made','9eeadc610d41009d814192e79fa2d4926e3e9164e7a75c0a3643ff7731834dfc','Why tea is brown','{"title": "Why tea is brown", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": []}], "topic": "", "channels": {}}','topics.csv, line 2','/srv/episodes/tea',1,'','run-1',1.79529371121029424672e+09,1.79529371121743440628e+09);
INSERT INTO "series_slots" VALUES('kitchen-science','2026-12-02T18:00','evenings',1796230800.0,'failed','5bc012638fc868b9da6700df06c21945ce17174ae53f8b4ccfc6a5703c1ccfb7','Why milk boils over','{"title": "Why milk boils over", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": []}], "topic": "", "channels": {}}','topics.csv, line 2','',1,'the model is ill','run-2',1.79529371121876525881e+09,1.79529371122174787522e+09);
INSERT INTO "series_slots" VALUES('kitchen-science','2026-12-03T18:00','evenings',1796317200.0,'booked','3671289f49fce8924e9fb2111a81ae8fdc0536c4d65cc838995bee56f9a75aa3','Why honey never spoils','{"title": "Why honey never spoils", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": []}], "topic": "", "channels": {}}','topics.csv, line 2','',0,'','',1.79529371122302198408e+09,1.79529371122302198408e+09);
INSERT INTO "series_slots" VALUES('kitchen-science','2026-12-04T18:00','evenings',1796403600.0,'skipped',NULL,'','null','','',0,'a holiday','',1.79529371122478818888e+09,1.79529371122478818888e+09);
INSERT INTO "series_slots" VALUES('kitchen-science','reserve-1','',NULL,'made','845d4c54fe325ce0373d7c2daea57be957467a5be0405cc643ee65f9a64a0483','Why onions make you cry','{"title": "Why onions make you cry", "description": "", "hashtags": [], "language": "en", "characters": [], "shots": [{"narration": "Leaves hold tannin.", "prompt": "", "dialogue": "", "seconds": null, "audio": "auto", "characters": [], "camera": "auto", "start_frame": "", "end_frame": "", "continues": false, "style": "", "key": false, "negative_prompt": "", "seed": null, "take": null, "models": [], "transition": null, "translations": {}, "overlays": []}], "topic": "", "channels": {}}','topics.csv, line 2','/srv/episodes/onions',0,'','',1.79529371122604417803e+09,1.79529371122760605808e+09);
CREATE UNIQUE INDEX one_live_job ON jobs ("key") WHERE state IN ('claimed', 'starting', 'started');
CREATE INDEX jobs_by_day ON jobs (day);
CREATE INDEX charges_by_time ON charges (at);
CREATE INDEX publications_by_change ON publications (changed_at);
CREATE INDEX publication_events_by_publication ON publication_events (publication);
CREATE INDEX channel_uses_by_quota ON channel_uses (place, quota, at);
CREATE INDEX series_slots_by_time ON series_slots (series, at);
COMMIT;
