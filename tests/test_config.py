"""Settings: where they come from, and what is refused."""

import pytest

from app.config import BadConfig, load


def test_the_defaults_stand_alone(tmp_path):
    config = load(tmp_path, {})
    assert (config.host, config.port, config.interval, config.slow_interval) == ("127.0.0.1", 8080, 30, 600)


def test_the_command_line_wins_over_the_environment_over_the_file(tmp_path):
    (tmp_path / "config.yaml").write_text("port: 1001\nhost: 0.0.0.0\ninterval: 10\n")
    config = load(tmp_path, {"HEATPUMP_PORT": "1002", "HEATPUMP_HOST": "::1", "PATH": "/bin"}, port=1003, host=None)
    assert (config.host, config.port, config.interval) == ("::1", 1003, 10)


def test_a_backup_folder_is_one_of_the_data_folder_unless_it_says_otherwise(tmp_path):
    assert load(tmp_path, {}).backups is None
    assert load(tmp_path, {"HEATPUMP_BACKUP_FOLDER": "backups"}).backups == tmp_path / "backups"
    assert str(load(tmp_path, {"HEATPUMP_BACKUP_FOLDER": "/mnt/nas"}).backups) == "/mnt/nas"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("interval: -30", "interval: -30 s is not one of 1..86400"),
        ("interval: 0", "interval"),
        ("slow_interval: .nan", "slow_interval"),
        ("interval: soon", "interval: 'soon' is not a float"),
        ("port: 0", "port: 0 is not one of 1..65535"),
        ("port: 8080.5", "port"),
        ("port: true", "port"),
        ("timezone: Mars/Olympus", "timezone"),
        ("timezone: ../../etc/passwd", "timezone"),
        ("behind_https: maybe", "behind_https"),
        ("metrics_token: short", "metrics_token: must be at least 16"),
        ("metrics_token: 0123456789abcdef with a space", "metrics_token: must be at least 16"),
        ("metrics_token: 12345678901234567890", "metrics_token: the value is not a str; put it in quotes"),
        ("victoriametrics: localhost:8428", "victoriametrics: must be a base address"),
        ("victoriametrics: http://", "victoriametrics: must be a base address"),
        ("victoriametrics: http://x:70000", "victoriametrics: must be a base address"),
        ("victoriametrics: http://x/?a=b", "victoriametrics: must be a base address"),
        ("victoriametrics_read: file:///etc/passwd", "victoriametrics_read: must be a base address"),
        ("history: cloud", "history: 'cloud' is not one of local, victoriametrics"),
        ('box: a"b', "box: 'a\"b' must be"),
        ("outbox_limit: 0", "outbox_limit: 0 is not one of"),
        ("backup_keep: 0", "backup_keep: 0 is not one of 1..10000"),
        ("backup_keep: all", "backup_keep"),
        ("backup_folder: 7", "backup_folder"),
        ("ping_url: hc-ping.com/abc", "ping_url: must be an address such as"),
        ("ping_url: ftp://hc-ping.com/abc", "ping_url: must be an address such as"),
        ("ping_url: https:///abc", "ping_url: must be an address such as"),
        ("ping_url: http://x:0/abc", "ping_url: must be an address such as"),
        ("ping_url: https://hc-ping.com/a b", "ping_url: must be an address such as"),
        ("ping_url: 12", "ping_url: the value is not a str"),
        ("mqtt: 192.168.1.5", "mqtt: must be mqtt://host or mqtts://host"),
        ("mqtt: http://192.168.1.5", "mqtt: must be mqtt://host or mqtts://host"),
        ("mqtt: mqtt://anna:secret@host", "mqtt: must be mqtt://host or mqtts://host"),
        ("mqtt: mqtt://host/topic", "mqtt: must be mqtt://host or mqtts://host"),
        ("mqtt_topic: heat/#", "mqtt_topic: 'heat/#' must be levels of letters"),
        ("mqtt_topic: ''", "mqtt_topic"),
        ("mqtt_discovery: a//b", "mqtt_discovery"),
        ("mqtt_language: fr", "mqtt_language: 'fr' is not one of de, en"),
        ("mqtt_password: 12345", "mqtt_password: the value is not a str"),
        ("ping_minutes: 0", "ping_minutes: 0 is not one of 1..1440"),
        ("ping_minutes: 5.5", "ping_minutes"),
        ("colour: red", "colour: is not one of"),
        ("folder: /tmp", "folder: is not one of"),
        ("- 1\n- 2", "key: value"),
        ("port: [", "cannot be read as YAML"),
        ("[" * 9_999, "cannot be read as YAML"),
        (
            "idm: {host: a}\nweb: {port: 5000}\nlogging: {}",
            "web, logging: belongs to the program before this one; move",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path, content, reason):
    (tmp_path / "config.yaml").write_text(content)
    with pytest.raises(BadConfig) as refusal:
        load(tmp_path, {})
    assert reason in str(refusal.value)
    assert "config.yaml" in str(refusal.value)


def test_a_wrong_variable_is_named_too(tmp_path):
    with pytest.raises(BadConfig, match="the environment: port"):
        load(tmp_path, {"HEATPUMP_PORT": "many"})
    with pytest.raises(BadConfig, match="the environment: HEATPUMP_PORT cannot be understood"):
        load(tmp_path, {"HEATPUMP_PORT": "{80"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pa ss #1", "pa ss #1"),
        ("12345", "12345"),
        ('"12345"', "12345"),
        ("yes", "yes"),
        ("*anna", "*anna"),
        ("{a: b", "{a: b"),
        ("", ""),
        ('"', '"'),
    ],
)
def test_a_text_in_a_variable_is_taken_to_the_letter(tmp_path, written, meant):
    assert load(tmp_path, {"HEATPUMP_MQTT_PASSWORD": written}).mqtt_password == meant


def test_a_history_elsewhere_needs_its_address(tmp_path):
    with pytest.raises(BadConfig, match="history: victoriametrics needs the key victoriametrics"):
        load(tmp_path, {"HEATPUMP_HISTORY": "victoriametrics"})
    load(tmp_path, {"HEATPUMP_HISTORY": "victoriametrics", "HEATPUMP_VICTORIAMETRICS": "http://[::1]:8428/insert/0"})


def test_secrets_are_not_repeated(tmp_path):
    config = load(
        tmp_path, {"HEATPUMP_METRICS_TOKEN": "secret-0123456789", "HEATPUMP_VICTORIAMETRICS": "http://a:secret@b"}
    )
    assert "secret-" not in repr(config)
    assert ":secret@" not in repr(config)
    with pytest.raises(BadConfig) as refusal:
        load(tmp_path, {"HEATPUMP_METRICS_TOKEN": "123456789"})
    assert "123456789" not in str(refusal.value)
