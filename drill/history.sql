-- Every password the registrar's table ever took, in order: what its final rows cannot tell.
CREATE TABLE drill_history (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username VARCHAR(64) NOT NULL,
    ha1      VARCHAR(128) NOT NULL
);
CREATE FUNCTION drill_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO drill_history (username, ha1) VALUES (NEW.username, NEW.ha1);
    RETURN NEW;
END $$;
CREATE TRIGGER drill_history_new AFTER INSERT ON subscriber
    FOR EACH ROW EXECUTE FUNCTION drill_history();
CREATE TRIGGER drill_history_changed AFTER UPDATE ON subscriber
    FOR EACH ROW WHEN (OLD.ha1 IS DISTINCT FROM NEW.ha1) EXECUTE FUNCTION drill_history();
