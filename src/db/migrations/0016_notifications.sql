-- Which mails a person wants (src/account/notifications.h). refused: the types that are not wanted, as words; who has no row
-- wants all of them.
CREATE TABLE notification_preferences (
        user_id     TEXT   PRIMARY KEY,
        refused     TEXT   NOT NULL,
        daily_limit BIGINT NOT NULL
);
