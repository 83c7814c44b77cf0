#!/usr/bin/env python3
"""Writes a batch of requests and its results, for timing `almanac ingest`.

usage: tools/bench/ingest-results.py ENTRIES.jsonl FOLDER [--lines 50000]

The answers are those of ENTRIES (repeated with a number in the question until there are enough); one result in a
hundred each is an error, truncated, or cut off in the middle of the line. The lines are shuffled with a fixed seed.
"""
import argparse, json, os, random

parser = argparse.ArgumentParser()
parser.add_argument("entries")
parser.add_argument("folder")
parser.add_argument("--lines", type=int, default=50_000)
options = parser.parse_args()

entries = [json.loads(line) for line in open(options.entries, encoding="utf-8")]
requests, results = [], []
for number in range(options.lines):
    entry = entries[number % len(entries)]
    name = f"q{number:06}"
    question = f"{entry['question']} ({number // len(entries)})"
    body = {"model": "m", "messages": [{"role": "system", "content": "Answer briefly."}, {"role": "user", "content": question}]}
    requests.append(json.dumps({"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}))
    choice = {"index": 0, "finish_reason": "length" if number % 100 == 2 else "stop", "logprobs": None,
              "message": {"role": "assistant", "content": entry["answer"], "refusal": None, "annotations": []}}
    body = {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1_760_000_000 + number, "model": "m-2026",
            "choices": [choice], "usage": {"prompt_tokens": 40, "completion_tokens": len(entry["answer"]) // 4,
            "total_tokens": 40 + len(entry["answer"]) // 4}, "system_fingerprint": "fp_1"}
    failed = number % 100 == 1
    response = {"status_code": 500 if failed else 200, "request_id": f"req_{number}", "body": {} if failed else body}
    line = json.dumps({"id": f"batch_req_{number}", "custom_id": name, "response": response, "error": None})
    results.append(line[:len(line) // 2] if number % 100 == 3 else line)
random.Random(1).shuffle(results)

os.makedirs(options.folder, exist_ok=True)
for name, lines in ("requests.jsonl", requests), ("results.jsonl", results):
    with open(os.path.join(options.folder, name), "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
