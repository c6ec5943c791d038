use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[expect(dead_code, reason = "only its presence counts")]
    name: String,
}

#[test]
fn every_fault_of_a_body_has_a_code() {
    for (body, code) in [
        ("", "request.malformed"),
        ("{", "request.malformed"),
        (r#"{"name": "a"} {}"#, "request.malformed"),
        ("nope", "request.malformed"),
        (r#"{"name": "a", "name": "b"}"#, "request.wrong_type"),
        (r#"{"name": 1}"#, "request.wrong_type"),
        (r#"{"name": null}"#, "request.wrong_type"),
        (r#"["a", "b"]"#, "request.wrong_type"),
        ("7", "request.wrong_type"),
        ("{}", "request.missing_field"),
        (r#"{"name": "a", "role": "admin"}"#, "request.unknown_field"),
        (r#"{"name": "a\u0000b"}"#, "request.nul"),
        (r#"{"name": "a\\\u0000b"}"#, "request.nul"),
        (r#"{"name": "a\ud800b"}"#, "request.malformed"),
    ] {
        let error = parse::<Body>(body.as_bytes()).unwrap_err();
        assert_eq!(error.code, code, "{body}: {error}");
        assert_eq!(error.kind, Kind::BadInput);
    }
    assert_eq!(parse::<Body>(b"{\"name\": \"\xff\"}").unwrap_err().code, "request.malformed");
    parse::<Body>(br#"{"name": "a\\u0000b u0000"}"#).unwrap();
}

#[test]
fn deep_nesting_is_refused_without_a_deep_stack() {
    let body = r#"{"a":"#.repeat(100_000);
    assert_eq!(parse::<serde_json::Value>(body.as_bytes()).unwrap_err().code, "request.malformed");
}

#[test]
fn a_problem_says_when_to_come_back_in_whole_seconds() {
    let problem = Problem::new(&Error::too_many("limit.x", 1_001), "id");
    assert_eq!((problem.status, problem.retry_after), (429, Some(2)));
    let problem = Problem::new(&Error::too_many("limit.x", 1), "id");
    assert_eq!(problem.retry_after, Some(1));
}

#[test]
fn a_fault_of_ours_tells_nothing() {
    let error = Error::internal("canary: the disk is on fire");
    let problem = serde_json::to_string(&Problem::new(&error, "id")).unwrap();
    assert!(!problem.contains("canary"), "{problem}");
}
