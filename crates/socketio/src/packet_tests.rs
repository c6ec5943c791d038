use super::*;

fn read(text: &str) -> Result<Packet<'_>, Malformed> {
    parse(text, 10)
}

#[test]
fn the_examples_of_the_protocol_are_read() {
    let packet = |kind, attachments, namespace, ack, data| {
        Ok(Packet { kind, attachments, namespace, ack, data })
    };
    for (text, expected) in [
        ("0", packet(Kind::Connect, 0, "/", None, "")),
        ("0{\"token\":\"123\"}", packet(Kind::Connect, 0, "/", None, "{\"token\":\"123\"}")),
        ("0/admin,{\"a\":1}", packet(Kind::Connect, 0, "/admin", None, "{\"a\":1}")),
        ("0/admin", packet(Kind::Connect, 0, "/admin", None, "")),
        ("1/admin,", packet(Kind::Disconnect, 0, "/admin", None, "")),
        ("2[\"hello\",1]", packet(Kind::Event, 0, "/", None, "[\"hello\",1]")),
        ("2/admin,456[\"x\"]", packet(Kind::Event, 0, "/admin", Some(456), "[\"x\"]")),
        ("3/admin,456[]", packet(Kind::Ack, 0, "/admin", Some(456), "[]")),
        ("51-/a,7[\"b\"]", packet(Kind::BinaryEvent, 1, "/a", Some(7), "[\"b\"]")),
        ("61-7[1]", packet(Kind::BinaryAck, 1, "/", Some(7), "[1]")),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn what_has_broken_other_servers_is_malformed() {
    for text in [
        "",
        "4",
        "7",
        "abc",
        "0[]",
        "0\"x\"",
        "1[]",
        "17",
        "2",
        "2{}",
        "2\"x\"",
        "3[]",
        "3",
        "5[]",
        "5-[]",
        "511-[\"x\"]",
        "510000-[\"x\"]",
        "51000000000-[\"x\"]",
        "510000000000000000000000000-[\"x\"]",
        "5-1-[\"x\"]",
        "51[\"x\"]",
        "51.5-[\"x\"]",
        "299999999999999999999[\"x\"]",
        "29007199254740992[\"x\"]",
        "2/nsp",
        "2/nsp[\"x\"]",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    for text in [
        "2[]",
        "2[1]",
        "2[null]",
        "2[{}]",
        "2[[\"x\"]]",
        "2[\"connect\"]",
        "2[\"connect_error\"]",
        "2[\"disconnect\"]",
        "2[\"disconnecting\"]",
        "2[\"newListener\"]",
        "2[\"removeListener\"]",
        "2[\"x\"",
        "2[\"x\",]",
        "2[\"x\"]]",
        "2[\"x\",\u{1}]",
        "2[\"\\ud800\"]",
    ] {
        assert!(call(&read(text).unwrap()).is_err(), "{text}");
    }
}

#[test]
fn names_are_only_names() {
    for name in ["toString", "__proto__", "constructor", "hasOwnProperty", "error", ""] {
        let text = format!("2[\"{name}\",{{}}]");
        assert_eq!(call(&read(&text).unwrap()).unwrap().name, name);
    }
}

#[test]
fn placeholders_point_to_attachments_or_the_packet_is_malformed() {
    let check = |placeholder: &str| {
        let text = format!("51-[\"x\",[{placeholder}]]");
        call(&read(&text).unwrap()).map(|call| call.args.len())
    };
    assert_eq!(check("{\"_placeholder\":true,\"num\":0}"), Ok(1));
    for placeholder in [
        "{\"_placeholder\":true}",
        "{\"_placeholder\":true,\"num\":1}",
        "{\"_placeholder\":true,\"num\":-1}",
        "{\"_placeholder\":true,\"num\":0.5}",
        "{\"_placeholder\":true,\"num\":\"0\"}",
        "{\"_placeholder\":true,\"num\":\"splice\"}",
        "{\"_placeholder\":true,\"num\":1e300}",
        "{\"_placeholder\":\"true\",\"num\":0}",
    ] {
        assert!(check(placeholder).is_err(), "{placeholder}");
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(check(&deep).is_err());
}

#[test]
fn deep_nesting_is_the_readers_business_and_does_not_overflow() {
    let text = format!("2[\"x\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    let packet = read(&text).unwrap();
    let call = call(&packet).unwrap();
    assert!(serde_json::from_str::<Value>(call.args[0].get()).is_err());
}
