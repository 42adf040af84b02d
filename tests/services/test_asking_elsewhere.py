"""Evaluations of models behind an address, answered by a host behind a real port and asked by a real worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator

import pytest

from curation.errors import JobError, StateError
from curation.finetune.contract import Handle, Launch
from curation.finetune.environment import worker_environment
from curation.finetune.local import LocalProvider
from curation.finetune.run_folder import RunFolder
from curation.llm import pacing
from curation.llm.budget import Price
from curation.llm.record import read_exchanges
from curation.llm.usage import read_usage
from curation.model.states import JobState
from curation.processes.environment import module_command
from curation.services.evaluating import Asking, get_evaluation, launch_evaluation
from curation.services.evaluation_views import EvaluationView
from curation.services.jobs import JobView, get_job, retry_job
from curation.services.keeping import Keeper
from curation.services.models import HOSTED, list_models
from curation.services.synthesis_sheets import Spending
from curation.worker import main
from db.models import ModelRecord, save_model
from tests.llm.fake_chat_host import BREAKS, FAULTS, KEY, STATUSES, Body, FakeChatHost, Server, refuse, say, serve_chat
from tests.services.answering_host import USAGE, Knowing, add, name_talk, prepare, questions_of, read_lines, stormy
from tests.services.evaluating_desk import Desk

PASSING = (*STATUSES, *BREAKS)
PATIENCE_S = 90.0
DEAD = 2**22 - 1
"""A number that no process has."""
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("elsewhere"))
    yield desk
    desk.ws.close()


@pytest.fixture
def desk(made: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk, with a key for nobody; a worker in this process takes SIGTERM for itself and silences warnings."""
    monkeypatch.delenv("CALLWRIGHT_CHAT_ADDRESS", raising=False)
    monkeypatch.setattr(pacing, "FIRST_WAIT_S", 0.01)
    before = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        yield made
    signal.signal(signal.SIGTERM, before)


def launch(desk: Desk, *ids: str, asking: Asking | None = None, **ways: object) -> JobView:
    return launch_evaluation(
        desk.ws,
        desk.actor,
        desk.project_id,
        desk.dataset.n,
        list(ids),
        asking=asking or Asking(),
        nonce=desk.ws.new_id(),
        **ways,  # type: ignore[arg-type]
    )


class Here(LocalProvider):
    """Does the work of a worker in this process: a process of its own takes long to start."""

    def launch(self, launch: Launch) -> Handle:
        folder = RunFolder(launch.run_dir)
        folder.lock.unlink(missing_ok=True)
        main(["evaluate", str(folder.path)])
        return Handle(pid=DEAD)


def keep(desk: Desk, job: JobView, provider: LocalProvider | None = None) -> EvaluationView:
    """Wait until a job and all others have ended."""
    keeper = Keeper(desk.ws, providers={"local": provider or Here()})
    until = time.monotonic() + PATIENCE_S
    while keeper.step():
        assert time.monotonic() < until, get_job(desk.ws, job.id)
        time.sleep(0.05)
    return get_evaluation(desk.ws, job.id)


def metric(view: EvaluationView, name: str) -> float | None:
    report = view.models[0].report
    assert report is not None, get_job(view_ws(view), view.models[0].job_id or "")
    return report.overall.metrics[name].value


def view_ws(view: EvaluationView) -> None:
    raise AssertionError(f"{view.models[0].label} has no figures: {view.state}")


def name_key(server: Server) -> str:
    return f"CALLWRIGHT_CHAT_KEY_127_0_0_1_{server.server_address[1]}"


def test_an_answer_that_a_host_cut_is_marked_and_right_answers_without_room_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = {**USAGE, "completion_tokens": 8}
    host = FakeChatHost(lambda _: say('{"tool": "track_o', finish="length", usage=cut), key=KEY)
    with serve_chat(host) as server:
        monkeypatch.setenv(name_key(server), KEY)
        model = add(desk, server.url, "cut", is_native=False)
        view = keep(desk, launch(desk, model.id, asking=Asking(longest_answer=8), limit=4, repairs=1))
    (one,) = view.models
    n = len(view.rows)
    assert one.lengths.is_estimated
    assert (one.lengths.limit, one.lengths.cut, one.lengths.beyond) == (8, n, n)
    assert one.lengths.notes[0] == f"{n} answers were cut at 8 tokens."
    assert all(answer.is_cut and answer.repairs[0].is_cut for row in view.rows for answer in row.answers if answer)


def test_a_model_with_tools_of_its_own_is_asked_every_decision_and_costs_what_it_says(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = FakeChatHost(Knowing(desk), key=KEY)
    with serve_chat(host) as server:
        monkeypatch.setenv(name_key(server), KEY)
        job = launch(desk, add(desk, server.url).id, asking=Asking(longest_answer=2048))
        view = keep(desk, job, LocalProvider())
    (one,) = view.models
    questions = questions_of(desk)
    assert len(view.rows) == len(questions) == host.asked.total()
    assert metric(view, "valid_call_rate") == metric(view, "argument_match") == metric(view, "tool_name_accuracy") == 1
    assert one.report is not None
    assert one.report.overall.n.recovery > 0, "decisions behind a failure are asked too"
    assert {(body["temperature"], body["max_tokens"]) for body in host.bodies} == {(0.0, 2048)}
    assert all(body["tools"] for body in host.bodies)
    assert one.summary["price"] == {
        "input": 2.0,
        "output": 10.0,
        "currency": "USD",
        "source": "the host's page",
        "date": "2026-11-01",
    }
    assert one.summary["cost_per_1000"] == pytest.approx(1000 * (200 * 2 + 30 * 10) / 1e6)
    assert one.summary["latency_ms"]["p50"] > 0
    folder = desk.ws.home / "runs" / job.id
    assert len(list(folder.rglob("*"))) > 5
    kept = [path for path in desk.ws.home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert kept == []


def test_rows_show_calls_as_text_and_scoring_again_reads_them_as_calls(desk: Desk) -> None:
    with serve_chat(FakeChatHost(Knowing(desk))) as server:
        view = keep(desk, launch(desk, add(desk, server.url).id, limit=6))
    assert len(view.rows) == 6
    calling = next(row for row in view.rows if not row.expected.startswith("no call"))
    assert calling.answers[0] is not None
    assert calling.answers[0].text == calling.expected


def test_the_routers_prompt_is_the_one_that_models_here_get(desk: Desk) -> None:
    host = FakeChatHost(Knowing(desk, is_native=False))
    with serve_chat(host) as server:
        view = keep(desk, launch(desk, add(desk, server.url, is_native=False).id))
    rows = [json.loads(question.row)["messages"][:-1] for question in questions_of(desk, is_native=False)]
    assert sorted(name_talk(body["messages"]) for body in host.bodies) == sorted(map(name_talk, rows))
    assert not any("tools" in body for body in host.bodies)
    assert metric(view, "valid_call_rate") == metric(view, "argument_match") == 1


def test_native_answers_stand_beside_a_router_model_on_the_same_rows(desk: Desk) -> None:
    knowing = Knowing(desk)
    with serve_chat(FakeChatHost(knowing)) as server:
        model = add(desk, server.url)
        job = launch(desk, model.id, desk.tuned)
        first = next(one for one in get_evaluation(desk.ws, job.id).models if one.model.id == model.id)
        folder = prepare(desk, get_job(desk.ws, first.job_id or ""))
        assert main(["evaluate", str(folder.path)]) == 0, folder.log_tail()
    asked = questions_of(desk, is_native=False)
    assert len(read_lines(folder.answers)) == len(asked)
    for each in get_evaluation(desk.ws, job.id).models:
        stop(desk, each.job_id or "")


def stop(desk: Desk, job_id: str) -> None:
    """Let no other test meet this job."""
    from curation.services.jobs import cancel_job

    cancel_job(desk.ws, desk.actor, job_id, nonce=desk.ws.new_id())
    Keeper(desk.ws, providers={"local": LocalProvider("tests.worker.light_worker")}).step()


def run_here(desk: Desk, job: JobView, **more: object) -> tuple[int, RunFolder]:
    """Do a job in this process."""
    folder = prepare(desk, job, **more)
    code = main(["evaluate", str(folder.path)])
    return code, folder


def test_a_host_in_bad_weather_changes_no_answer_and_the_budget_is_kept(desk: Desk) -> None:
    knowing = Knowing(desk)
    host = stormy(knowing, PASSING)
    with serve_chat(host) as server:
        most = Asking(spending=Spending(requests=3 * len(questions_of(desk))))
        job = launch(desk, add(desk, server.url, "stormy").id, asking=most)
        code, folder = run_here(desk, job, answer_s=2.0)
        assert code == 0, folder.log_tail()
    lines, questions = read_lines(folder.answers), questions_of(desk)
    assert len(lines) == len(questions)
    for line, question in zip(lines, questions, strict=True):
        right = question.gold.messages[-1]
        said = [call["function"]["name"] for call in line["message"].get("tool_calls") or []]
        assert said == [call.name for call in right.calls or ()]
    usage = read_usage(folder.path)
    assert (usage.answered, usage.unanswered) == (len(questions), 0)
    assert host.faults.total() >= 3
    assert host.asked.total() <= usage.spent.requests <= 3 * len(questions)
    stop(desk, job.id)


def test_what_a_model_says_off_topic_is_an_answer_and_every_question_has_one(desk: Desk) -> None:
    host = stormy(Knowing(desk, is_native=False), FAULTS)
    with serve_chat(host) as server:
        job = launch(desk, add(desk, server.url, "odd", is_native=False).id)
        code, folder = run_here(desk, job, answer_s=2.0)
        assert code == 0, folder.log_tail()
    answered = [line for line in read_exchanges(folder.path) if not line.unanswered]
    assert len({line.key for line in answered}) == len(answered) == len(read_lines(folder.answers))
    assert len(answered) == len(questions_of(desk, is_native=False))
    stop(desk, job.id)


def test_a_spent_budget_ends_the_job_and_a_retry_may_take_as_much_again(desk: Desk) -> None:
    host = FakeChatHost(Knowing(desk))
    n = len(questions_of(desk))
    with serve_chat(host) as server:
        most = Asking(at_once=2, spending=Spending(requests=n - 3))
        job = launch(desk, add(desk, server.url, "dear").id, asking=most)
        keep(desk, job)
        ended = get_job(desk.ws, job.id)
        assert ended.state is JobState.FAILED
        assert "budget is spent" in (ended.error or "")
        assert host.asked.total() == n - 3
        retry_job(desk.ws, desk.actor, job.id, nonce=desk.ws.new_id())
        view = keep(desk, job)
    assert view.state is JobState.SUCCEEDED
    assert host.asked.total() == n


def test_silence_fails_the_job_and_a_retry_asks_only_what_is_open(desk: Desk) -> None:
    """A question that nobody answers is no abstention, however often it was tried before."""
    host, knowing = FakeChatHost(), Knowing(desk)
    silent = sorted(knowing.right)[:2]
    host.say = knowing
    host.refusal_status = 400
    host.refuse = lambda body: "I do not like this one." if name_talk(body["messages"]) in silent else ""
    with serve_chat(host) as server:
        job = launch(desk, add(desk, server.url, "picky").id)
        for n in range(3):
            keep(desk, job)
            ended = get_job(desk.ws, job.id)
            assert ended.state is JobState.FAILED
            assert "2 questions of" in (ended.error or "")
            assert "I do not like this one" in (ended.error or "")
            assert get_evaluation(desk.ws, job.id).models[0].report is None
            retry_job(desk.ws, desk.actor, job.id, nonce=f"{job.id} {n}")
        before = host.asked.total()
        host.refuse = lambda body: ""
        view = keep(desk, job)
    assert view.state is JobState.SUCCEEDED
    assert host.asked.total() - before == 2
    assert metric(view, "valid_call_rate") == 1


def test_a_killed_worker_goes_on_and_asks_nothing_twice_that_was_answered(desk: Desk) -> None:
    knowing = Knowing(desk)

    def slowly(body: Body) -> Body:
        time.sleep(0.05)
        return knowing(body)

    host = FakeChatHost(slowly)
    with serve_chat(host) as server:
        job = launch(desk, add(desk, server.url, "killed").id, asking=Asking(at_once=2))
        folder = prepare(desk, job)
        command = module_command("curation.worker", "evaluate", str(folder.path))
        worker = subprocess.Popen(command, env=worker_environment(folder.path), start_new_session=True)
        until = time.monotonic() + PATIENCE_S
        while len(list(read_exchanges(folder.path))) < 5 and time.monotonic() < until:
            time.sleep(0.01)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        answered = len(list(read_exchanges(folder.path)))
        assert 5 <= answered < len(questions_of(desk))
        before = host.asked.total()
        assert main(["evaluate", str(folder.path)]) == 0, folder.log_tail()
    assert host.asked.total() - before == len(questions_of(desk)) - answered
    assert len(read_lines(folder.answers)) == len(questions_of(desk))
    stop(desk, job.id)


def test_a_stopped_job_keeps_what_was_answered_and_goes_on_from_there(desk: Desk) -> None:
    knowing, flags = Knowing(desk), list[RunFolder]()

    def stop_in_time(body: Body) -> Body:
        if host.asked.total() == 3:
            flags[0].ask_to_stop(f"{job.id}-1")
        time.sleep(0.1)
        return knowing(body)

    host = FakeChatHost(stop_in_time)
    with serve_chat(host) as server:
        job = launch(desk, add(desk, server.url, "stopped").id, asking=Asking(at_once=2))
        flags.append(prepare(desk, job))
        assert main(["evaluate", str(flags[0].path)]) == 0
        ended = flags[0].read_exit(f"{job.id}-1")
        assert ended is not None
        assert ended.state == "cancelled"
        assert not flags[0].answers.exists()
        assert 3 <= host.asked.total() < len(questions_of(desk))
        prepare(desk, job, launch_id=f"{job.id}-2")
        assert main(["evaluate", str(flags[0].path)]) == 0
    assert host.asked.total() == len(questions_of(desk)) == len(read_lines(flags[0].answers))
    stop(desk, job.id)


def test_findings_are_said_back_to_a_call_as_its_result(desk: Desk) -> None:
    knowing = Knowing(desk)

    def learn(body: Body) -> Body:
        """Wrong arguments at first; right ones once it is told."""
        talk = body["messages"]
        if name_talk(talk) in knowing.right:
            told = json.loads(json.dumps(knowing(body)))
            for call in told["choices"][0]["message"].get("tool_calls") or []:
                call["function"]["arguments"] = '{"nonsense": 1}'
            return told
        while name_talk(talk) not in knowing.right:
            talk = talk[:-1]
        return knowing.right[name_talk(talk)]

    host = FakeChatHost(learn)
    with serve_chat(host) as server:
        view = keep(desk, launch(desk, add(desk, server.url, "learner").id, repairs=2))
    (one,) = view.models
    n = one.report.overall.n if one.report else None
    assert n is not None
    assert one.repairs is not None
    assert (one.repairs.rows, one.repairs.rounds) == (n.call, n.call)
    assert one.repairs.metrics["valid_call_rate"].value == 1
    assert one.repairs.cost == pytest.approx(n.call * (200 * 2 + 30 * 10) / 1e6)
    assert metric(view, "valid_call_rate") == pytest.approx(n.no_tool / n.rows)
    again = next(body for body in host.bodies if "Answer the request again" in str(body["messages"][-1]["content"]))
    *_, call, result = again["messages"]
    assert result["tool_call_id"] == call["tool_calls"][-1]["id"]
    assert "break its schema" in result["content"]


def test_a_server_that_holds_answers_to_a_form_is_given_it_and_one_that_cannot_says_so(desk: Desk) -> None:
    knowing = Knowing(desk, is_native=False)
    host = FakeChatHost(knowing)
    with serve_chat(host) as server:
        model = add(desk, server.url, "held", is_native=False)
        view = keep(desk, launch(desk, model.id, grammar=True, limit=8))
        plain, held = view.models
        assert [one.label for one in view.models] == [model.name, f"{model.name}, grammar"]
        forms = [body["response_format"]["json_schema"]["schema"] for body in host.bodies if "response_format" in body]
        assert len(forms) == 8
        assert all({"tool", "arguments"} == set(form["anyOf"][-1]["required"]) for form in forms)
        assert held.held is not None
        assert (held.held.refused, held.held.unheld, held.held.unheeded) == (0, 0, 0)
        assert plain.held is None
        host.say = lambda body: say("Well, let me see.", usage=USAGE)
        loose = keep(desk, launch(desk, model.id, grammar=True, limit=8)).models[1]
        assert loose.held is not None
        assert loose.held.unheeded == 8
        assert any("pays no heed" in note for note in loose.held.notes)
        host.refuse = lambda body: "response_format is not supported" if "response_format" in body else ""
        refused = keep(desk, launch(desk, model.id, grammar=True, limit=8))
    ended = get_job(desk.ws, refused.models[1].job_id or "")
    assert ended.state is JobState.FAILED
    assert "cannot hold answers to a form" in (ended.error or "")
    assert refused.models[0].report is not None


def test_nothing_said_at_all_is_no_abstention(desk: Desk) -> None:
    with serve_chat(FakeChatHost(lambda body: say(None, finish="length", usage=USAGE))) as server:
        view = keep(desk, launch(desk, add(desk, server.url, "mute").id, limit=6))
    assert metric(view, "valid_call_rate") == 0
    assert view.models[0].report is not None
    assert view.models[0].report.overall.failures["unparseable"] == 6


def test_what_cannot_be_asked_is_refused_before_it_is_launched(desk: Desk) -> None:
    with serve_chat(FakeChatHost()) as server:
        native, priceless = add(desk, server.url, "native"), add(desk, server.url, "free", price=None)
    with pytest.raises(StateError, match="calls tools of its own"):
        launch(desk, native.id, grammar=True)
    with pytest.raises(StateError, match="nobody has said what a token of `free` costs"):
        launch(desk, priceless.id, asking=Asking(spending=Spending(money=1.0)))
    far = add(desk, "https://models.a-b.example/v1", "far")
    with pytest.raises(JobError, match="CALLWRIGHT_CHAT_KEY_MODELS_A__B_EXAMPLE"):
        launch(desk, far.id)
    with pytest.raises(JobError, match="not one a key may be sent to"):
        add(desk, "http://models.example/v1")


def test_a_model_that_its_host_tuned_and_keeps_is_asked_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    host = FakeChatHost(Knowing(desk), key=KEY)
    record = ModelRecord(
        id=desk.ws.new_id(),
        project_id=desk.project_id,
        name="tuned there",
        base="big",
        kind=HOSTED,
        location="ft:big:1",
        created_at=desk.ws.now(),
        details='{"style": "conversation", "provider": "openai_compatible"}',
    )
    with desk.ws.unit() as unit:
        save_model(unit.connection, record)
        unit.commit()
    monkeypatch.delenv("CALLWRIGHT_TUNING_URL", raising=False)
    with pytest.raises(JobError, match="CALLWRIGHT_TUNING_URL"):
        launch(desk, record.id)
    with serve_chat(host) as server:
        monkeypatch.setenv("CALLWRIGHT_TUNING_URL", server.url)
        monkeypatch.setenv("CALLWRIGHT_TUNING_KEY", KEY)
        view = keep(desk, launch(desk, record.id, limit=5))
    assert metric(view, "valid_call_rate") == 1
    assert {body["model"] for body in host.bodies} == {"ft:big:1"}


def test_a_known_model_is_known_once_and_takes_the_newer_price(desk: Desk) -> None:
    first = add(desk, "https://models.example/v1/", "twice", price=None)
    second = add(desk, "https://models.example/v1", "twice", price=Price(1.0, 2.0))
    third = add(desk, "https://models.example/v1", "twice", price=None)
    router = add(desk, "https://models.example/v1", "twice", is_native=False)
    assert first.id == second.id == third.id != router.id
    assert third.details["price"]["per_million_out"] == 2.0
    names = [one.name for one in list_models(desk.ws, desk.project_id) if "twice" in one.name]
    assert sorted(names) == ["twice", "twice, router prompt"]


def test_the_key_of_the_address_set_up_here_goes_to_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    host = FakeChatHost(Knowing(desk))
    with serve_chat(host) as server:
        monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", "http://127.0.0.1:9/v1")
        monkeypatch.setenv("CALLWRIGHT_CHAT_KEY", KEY)
        keep(desk, launch(desk, add(desk, server.url, "other").id, limit=2))
        assert all(KEY not in one["authorization"] for one in host.headers)
        monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", server.url)
        keep(desk, launch(desk, add(desk, server.url, "other").id, limit=2))
    assert host.headers[-1]["authorization"] == f"Bearer {KEY}"


def test_a_host_that_wants_another_key_ends_the_job_with_the_variables_name(desk: Desk) -> None:
    with serve_chat(FakeChatHost(key=KEY)) as server:
        job = launch(desk, add(desk, server.url, "locked").id)
        keep(desk, job)
        assert name_key(server) in (get_job(desk.ws, job.id).error or "")
    assert refuse("x")["error"]["message"] == "x"
