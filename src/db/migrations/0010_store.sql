-- The store: who offers agents, what they offer, each version that they handed in, and what came of it.

-- How people appear in the store. user_id: NULL for those that an import brought, who have no account here.
-- listings, runs, ratings, stars, top_categories: of what of theirs is live; rating: millionths of a star.
-- links, top_categories: JSON arrays of texts.
CREATE TABLE store_profiles (
        id             BIGINT  PRIMARY KEY,
        user_id        TEXT,
        username       TEXT    NOT NULL,
        name           TEXT    NOT NULL,
        description    TEXT    NOT NULL,
        avatar_url     TEXT,
        links          TEXT    NOT NULL,
        is_featured    BOOLEAN NOT NULL,
        listings       BIGINT  NOT NULL,
        runs           BIGINT  NOT NULL,
        ratings        BIGINT  NOT NULL,
        stars          BIGINT  NOT NULL,
        rating         BIGINT  NOT NULL,
        top_categories TEXT    NOT NULL,
        created_at     BIGINT  NOT NULL,
        updated_at     BIGINT  NOT NULL
);
CREATE UNIQUE INDEX store_profiles_username ON store_profiles (username);
CREATE UNIQUE INDEX store_profiles_user ON store_profiles (user_id);
CREATE INDEX store_profiles_live ON store_profiles (id) WHERE listings > 0;

-- An agent in the store, under its creator's name. version_id: the version that is live, empty while none is. name_key: what
-- names are sorted by, in the order of bytes. updated_at: when that version was approved.
CREATE TABLE store_listings (
        id          BIGINT  PRIMARY KEY,
        profile_id  BIGINT  NOT NULL,
        slug        TEXT    NOT NULL,
        graph_id    TEXT    NOT NULL,
        version_id  TEXT    NOT NULL,
        newest      BIGINT  NOT NULL,
        name_key    BYTEA   NOT NULL,
        is_live     BOOLEAN NOT NULL,
        is_featured BOOLEAN NOT NULL,
        runs        BIGINT  NOT NULL,
        ratings     BIGINT  NOT NULL,
        stars       BIGINT  NOT NULL,
        rating      BIGINT  NOT NULL,
        created_at  BIGINT  NOT NULL,
        updated_at  BIGINT  NOT NULL
);
CREATE UNIQUE INDEX store_listings_slug ON store_listings (profile_id, slug);
CREATE INDEX store_listings_name ON store_listings (name_key, id) WHERE is_live;
CREATE INDEX store_listings_runs ON store_listings (runs DESC, name_key, id) WHERE is_live;
CREATE INDEX store_listings_rating ON store_listings (rating DESC, name_key, id) WHERE is_live;
CREATE INDEX store_listings_updated ON store_listings (updated_at DESC, name_key, id) WHERE is_live;

-- What was handed in, and what was said to it. image_urls, categories: JSON arrays of texts; image: the first of them, or
-- empty. withdrawn_at: taken out of the store by who handed it in. source: SHA-256 of the agent that an import brought.
CREATE TABLE store_versions (
        id                        TEXT   PRIMARY KEY,
        listing_id                BIGINT NOT NULL,
        number                    BIGINT NOT NULL,
        graph_id                  TEXT   NOT NULL,
        graph_version             BIGINT NOT NULL,
        status                    TEXT   NOT NULL,
        name                      TEXT   NOT NULL,
        sub_heading               TEXT   NOT NULL,
        description               TEXT   NOT NULL,
        instructions              TEXT,
        image_urls                TEXT   NOT NULL,
        image                     TEXT   NOT NULL,
        video_url                 TEXT   NOT NULL,
        output_demo_url           TEXT   NOT NULL,
        categories                TEXT   NOT NULL,
        changes_summary           TEXT,
        recommended_schedule_cron TEXT,
        created_at                BIGINT NOT NULL,
        submitted_at              BIGINT NOT NULL,
        reviewed_at               BIGINT NOT NULL,
        reviewer_id               TEXT,
        review_comments           TEXT,
        withdrawn_at              BIGINT NOT NULL,
        source                    TEXT   NOT NULL
);
CREATE UNIQUE INDEX store_versions_number ON store_versions (listing_id, number);
CREATE INDEX store_versions_graph ON store_versions (graph_id, graph_version);
CREATE INDEX store_versions_status ON store_versions (status, submitted_at, id);

-- Who ran what, and how often. pending: runs that the listing's own count does not have yet.
CREATE TABLE store_runs (
        listing_id BIGINT NOT NULL,
        user_id    TEXT   NOT NULL,
        runs       BIGINT NOT NULL,
        pending    BIGINT NOT NULL,
        PRIMARY KEY (listing_id, user_id)
);
CREATE INDEX store_runs_pending ON store_runs (listing_id, user_id) WHERE pending > 0;

CREATE TABLE store_reviews (
        listing_id BIGINT NOT NULL,
        user_id    TEXT   NOT NULL,
        score      BIGINT NOT NULL,
        comments   TEXT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (listing_id, user_id)
);

-- One row. generation: raised with every change that the store shows.
CREATE TABLE store_state (
        id         BIGINT PRIMARY KEY,
        generation BIGINT NOT NULL
);
INSERT INTO store_state (id, generation) VALUES (1, 1);

-- Who has a graph in their library.
CREATE INDEX library_agents_of_graph ON library_agents (graph_id);
