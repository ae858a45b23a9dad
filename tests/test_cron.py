"""docs/cron.md as it is written, in cron's environment: no terminal, LANG=C, a bare PATH, UTC."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from conftest import REPOSITORY, Run, require
from mailing import FUNING, GUANGNAN, events, mail_dataset, post_office

if TYPE_CHECKING:
    from pathlib import Path

    from mailing import Post

PAGE = (REPOSITORY / "docs" / "cron.md").read_text("utf-8")


def block(kind: str, holding: str) -> str:
    """A code block of the page."""
    (found,) = (
        text for text in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) if holding in text
    )
    return "".join(f"{line.removeprefix('   ')}\n" for line in found.splitlines())


def program() -> str:
    """The program as it is installed where the tests run."""
    found = shutil.which("duzhan", path=str(REPOSITORY / ".venv" / "bin")) or sys.executable
    return found if found.endswith("duzhan") else f"{found} -m duzhan"


def cron_lines() -> list[str]:
    """The commands of the crontab, without their times."""
    lines = [line for line in block("cron", "MAILTO").splitlines() if line[:1].isdigit()]
    assert len(lines) == 3
    return [line.split(None, 5)[5] for line in lines]


def environment_file(folder: Path, ds: Path, post: Post) -> Path:
    """The page's own file, with this test's dataset and server in it."""
    text = block("sh", "DUZHAN_DATA=")
    text = text.replace("/srv/duzhan", str(ds))
    text = re.sub(r"smtps://\S+", f"smtp://127.0.0.1:{post.port}", text)
    text = re.sub(r"DUZHAN_SMTP_PASSWORD_FILE=.*\n", "", text)
    path = folder / "duzhan.env"
    path.write_text(text, "utf-8")
    return path


def as_cron(line: str, env_file: Path, home: Path, *before: str) -> tuple[int, str]:
    """Run a crontab's command as cron does; give the exit code and all that it prints."""
    line = line.replace("/etc/duzhan.env", str(env_file)).replace(
        "/opt/duzhan/bin/duzhan", program()
    )
    done = subprocess.run(
        ["setsid", *before, "/bin/sh", "-c", line],
        env={
            "HOME": str(home),
            "LOGNAME": "root",
            "SHELL": "/bin/sh",
            "PATH": "/usr/bin:/bin",
            "LANG": "C",
            "TZ": "UTC",
        },
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8")


def test_the_crontabs_lines_send_lists_and_reports_and_watch_over_them(tmp_path: Path) -> None:
    require("setsid")
    ds = mail_dataset(tmp_path / "ds")
    lists, reports, watch = cron_lines()
    with post_office(tmp_path / "post") as post:
        env_file = environment_file(tmp_path, ds, post)
        env_file.write_text(env_file.read_text("utf-8") + "DUZHAN_TODAY=2021-07-02\n", "utf-8")
        code, text = as_cron(lists, env_file, tmp_path)
        assert code == 0, text
        assert "超期问题邮件（2021-07-02）：送出2封" in text
        assert post.recipients() == [FUNING, GUANGNAN]
        code, text = as_cron(reports, env_file, tmp_path)
        assert code == 0, text
        assert "督战周报邮件（2021-W25）：送出8封" in text
        assert len(post.raw()) == 10
        assert str(post.mails()[0]["From"]) == "州爱卫专项办 <duzhan@example.cn>"
        assert as_cron(watch, env_file, tmp_path) == (0, "")
    code, text = as_cron(watch, env_file, tmp_path)
    assert text == "督战邮件不正常，请运行 duzhan doctor\n"


def test_on_a_utc_host_at_half_past_eleven_the_list_is_of_the_day_that_it_is_in_wenshan(
    tmp_path: Path,
) -> None:
    require("faketime", "setsid")
    ds = mail_dataset(tmp_path / "ds")
    with post_office(tmp_path / "post") as post:
        env_file = environment_file(tmp_path, ds, post)
        late = ("faketime", "2021-07-01 23:30:00")
        code, text = as_cron(cron_lines()[0], env_file, tmp_path, *late)
        assert code == 0, text
        # Due on 1 July, it is overdue in 文山, where 2 July has begun.
        subjects = [str(mail["Subject"]) for mail in post.mails()]
        dates = [str(mail["Date"]) for mail in post.mails()]
    assert subjects[1] == "【督战】富宁县超期问题 2 件（截至2021-07-02）"
    assert dates[0].startswith("Fri, 02 Jul 2021 07:3")
    assert dates[0].endswith("+0800")
    assert events(ds)[-1] == ("run", "ok")


def test_the_unit_files_are_sound_and_the_timer_means_seven_in_wenshan(tmp_path: Path) -> None:
    require("systemd-analyze")
    service = block("ini", "[Service]").replace("/opt/duzhan/bin/duzhan", "/bin/true")
    service = service.replace("User=duzhan", "User=root")
    timer = block("ini", "[Timer]")
    (tmp_path / "duzhan-overdue.service").write_text(service, "utf-8")
    (tmp_path / "duzhan-overdue.timer").write_text(timer, "utf-8")
    for name in ("duzhan-overdue.service", "duzhan-overdue.timer"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / name],
            capture_output=True,
            text=True,
            env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
            check=False,
        )
        ours = [line for line in done.stderr.splitlines() if "duzhan" in line]
        assert (done.returncode, ours) == (0, [])
    calendars = [re.search(r"OnCalendar=(.*)", timer), re.search(r"`OnCalendar=(Mon.*?)`", PAGE)]
    for calendar, hour in zip(calendars, ("23:00:00", "23:10:00"), strict=True):
        assert calendar is not None
        done = subprocess.run(
            ["systemd-analyze", "calendar", calendar[1]],
            capture_output=True,
            text=True,
            env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
            check=True,
        )
        assert hour in done.stdout


def test_the_page_names_every_exit_code_and_option_as_the_program_has_them(
    run: Run,
) -> None:
    commands = ("overdue", "weekly-report", "doctor")
    helped = "".join(run(command, "--help").stdout for command in commands)
    for option in re.findall(r"--(?:email|dry-run|quiet|resend-unknown|max-age)", PAGE):
        assert option in helped
    assert all(f"；{code} " in PAGE or f"：{code} " in PAGE for code in range(4))
