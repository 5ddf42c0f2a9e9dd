//! Edits on texts of all kinds. In each text, `«…»` marks the place that the edit is asked for.

use std::sync::Arc;

use super::{Passed, Source};
use crate::files::{SourceFile, Span};
use crate::findings::{Edit, Fix};
use crate::fix::apply::apply;

/// The text after an edit at the marked place; none where there is no edit.
fn after(marked: &str, edit: impl FnOnce(&Source, Span) -> Option<Vec<Edit>>) -> Option<String> {
    let start = marked.find('«').unwrap();
    let text = marked.replacen('«', "", 1);
    let end = text.find('»').unwrap();
    let text = text.replacen('»', "", 1);
    let file = Arc::new(SourceFile::new("a.py".into(), "a.py".into(), text));
    let source = Source::of(&file).unwrap();
    let edits = edit(&source, Span::new(start as u32, end as u32))?;
    let applied = apply(&file, &[&Fix::safe("", edits)]);
    assert_eq!(applied.made.len(), 1, "the edits are in order: {marked}");
    Some(applied.text)
}

#[test]
fn a_statement_before_another() {
    for (text, wanted) in [
        ("«p.join()»", "p.close()\np.join()"),
        (
            "if x:\r\n\t«p.join()»  # a\r\n",
            "if x:\r\n\tp.close()\r\n\tp.join()  # a\r\n",
        ),
        ("if x: «p.join()»\n", "if x: p.close(); p.join()\n"),
        ("a = 1; «p.join()»; b\n", "a = 1; p.close(); p.join(); b\n"),
        (
            "async def f():\r  «p.join()»\r",
            "async def f():\r  p.close()\r  p.join()\r",
        ),
        ("«p.join()»\n# a\np.close()  # b\n", "p.close()  # b\n# a\np.join()\n"),
        ("«p.join()»  # a\np.close()", "p.close()\np.join()  # a"),
        ("«p.join()»; p.close()\n", "p.close(); p.join()\n"),
        ("«p.join()»\nq.close()\n", "p.close()\np.join()\nq.close()\n"),
        ("«a.b[0].join()»\n", "a.b[0].close()\na.b[0].join()\n"),
    ] {
        let found = after(text, |source, at| source.after_call_of(at, "close"));
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    for text in [
        "x = «p.join()»\n",
        "f(lambda: «p.join()»)\n",
        "«f().join()»\n",
        "«join()»\n",
    ] {
        let found = after(text, |source, at| source.after_call_of(at, "close"));
        assert_eq!(found, None, "{text}");
    }
}

#[test]
fn an_argument_by_name() {
    for (text, wanted) in [
        ("«print()»", "print(flush=True)"),
        ("«print( )»", "print(flush=True )"),
        ("«print(a, *b)»", "print(a, *b, flush=True)"),
        ("«print(a, flush=False, end='')»", "print(a, flush=True, end='')"),
        ("«print((a))»", "print((a), flush=True)"),
        ("«print(a,)»", "print(a, flush=True,)"),
        ("«print(\n  a  # c\n)»", "print(\n  a, flush=True  # c\n)"),
        (
            "«print(\r\n\ta,\r\n\tb,  # c\r\n)»",
            "print(\r\n\ta,\r\n\tb,  # c\r\n\tflush=True,\r\n)",
        ),
    ] {
        let found = after(text, |source, at| source.with_keyword(at, "flush", "True"));
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    for text in ["«print(**a)»", "«print(x for x in y)»"] {
        assert_eq!(
            after(text, |source, at| source.with_keyword(at, "flush", "True")),
            None,
            "{text}"
        );
    }
}

#[test]
fn a_tuple_of_one() {
    for (text, wanted) in [
        ("f(args=«3»)", "f(args=(3,))"),
        ("f(args=(«3»))", "f(args=(3,))"),
        ("f(args=((«3»)))", "f(args=((3,)))"),
        ("f(args=( «x»  # c\n))", "f(args=( x,  # c\n))"),
        ("f(a, «'b'», c)", "f(a, ('b',), c)"),
        ("f(args=(«yield»))", "f(args=((yield),))"),
        ("f(args=«lambda: 1»)", "f(args=(lambda: 1,))"),
        ("f(args=(«x := 1»))", "f(args=(x := 1,))"),
    ] {
        let found = after(text, |source, at| {
            let whole = Span::new(0, u32::try_from(source.text().len()).unwrap());
            source.as_tuple(whole, at)
        });
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
}

#[test]
fn a_call_taken_back() {
    const NAMED: Passed<'_> = Passed::Named {
        args: "args",
        kwargs: Some("kwargs"),
    };
    for (text, passed, wanted) in [
        ("f(target=«w()», name='a')", NAMED, Some("f(target=w, name='a')")),
        ("f(target=«a.w(1)»)", NAMED, Some("f(target=a.w, args=(1,))")),
        (
            "f(target=«w(*a, b=2)»)",
            NAMED,
            Some("f(target=w, args=(*a,), kwargs={\"b\": 2})"),
        ),
        ("f(target=«w(1)», args=())", NAMED, None),
        ("f(target=«w(1)», **k)", NAMED, None),
        ("f(target=«w(**k)»)", NAMED, None),
        ("f(target=«w(1  # c\n)»)", NAMED, None),
        ("f(target=«w(x for x in y)»)", NAMED, None),
        ("f(target=(«w(1)»))", NAMED, None),
        ("f(target=«g()()»)", NAMED, None),
        ("s(«w(1, n=2)»)", Passed::Beside, Some("s(w, 1, n=2)")),
        ("s(«w(\n  1,\n)»)", Passed::Beside, Some("s(w, 1)")),
        ("s(«w(1)», 2)", Passed::Beside, None),
        ("s(«w(1)», n=2)", Passed::Beside, None),
        ("s(*a, «w(1)»)", Passed::Beside, None),
        ("p(«w(1)»)", Passed::InOrder, Some("p(w, (1,))")),
        ("p(«w(n=1)»)", Passed::InOrder, Some("p(w, (), {\"n\": 1})")),
        ("p(«w(1)», callback=c)", Passed::InOrder, Some("p(w, (1,), callback=c)")),
        ("f(None, «w(1)», 'a')", NAMED, Some("f(None, w, 'a', args=(1,))")),
        ("f(None, «w()», 'a')", NAMED, Some("f(None, w, 'a')")),
        ("m(«w(1)», items)", Passed::Nowhere, None),
        ("m(«w()», items)", Passed::Nowhere, Some("m(w, items)")),
    ] {
        let found = after(text, |source, at| {
            let whole = Span::new(0, u32::try_from(source.text().len()).unwrap());
            source.uncalled(whole, at, passed)
        });
        assert_eq!(found.as_deref(), wanted, "{text}");
    }
}

#[test]
fn the_question_for_the_main_module() {
    for (text, wanted) in [
        ("if «__name__ == 'main'»: pass", Some("if __name__ == '__main__': pass")),
        (
            "if «\"\"\"main\"\"\" == __name__»: pass",
            Some("if \"\"\"__main__\"\"\" == __name__: pass"),
        ),
        (
            "if «'__name__' == '__main__'»: pass",
            Some("if __name__ == '__main__': pass"),
        ),
        (
            "if «'__main__'» and x: pass",
            Some("if __name__ == '__main__' and x: pass"),
        ),
        (
            "if «__name__ is '__main__'»: pass",
            Some("if __name__ == '__main__': pass"),
        ),
        (
            "if «__name__ is  not '__main__'»: pass",
            Some("if __name__ != '__main__': pass"),
        ),
        ("if «__name__ is 'main'»: pass", Some("if __name__ == '__main__': pass")),
        (
            "if «__name__ in ('main', '__Main__')»: pass",
            Some("if __name__ == '__main__': pass"),
        ),
        ("if «__name__ in 'main'»: pass", Some("if __name__ == '__main__': pass")),
        ("if «__name__ != 'main'»: pass", None),
        ("if «__name__ in ('main', x)»: pass", None),
        ("if «__name__ == f'main'»: pass", None),
        ("if «__name__ == 'ma' 'in'»: pass", None),
    ] {
        assert_eq!(after(text, Source::main_test).as_deref(), wanted, "{text}");
    }
}

#[test]
fn an_update_under_its_lock() {
    let with = "with c.get_lock():";
    for (text, wanted, is_short) in [
        ("«c.value» += 1", format!("{with}\n    c.value += 1"), true),
        (
            "for x in y: «c.value» += x  # a\n",
            format!("for x in y:\n    {with}\n        c.value += x  # a\n"),
            true,
        ),
        (
            "def f():\r\n\ts = c.value\r\n\r\n\t# a\r\n\t«c.value» = (s +\r\n1)\r\n",
            format!("def f():\r\n\t{with}\r\n\t\ts = c.value\r\n\r\n\t\t# a\r\n\t\tc.value = (s +\r\n\t1)\r\n"),
            true,
        ),
        (
            "if n > c.value:\n  t = '''\n a'''\n  «c.value» = g(n)\n",
            format!("{with}\n  if n > c.value:\n    t = '''\n a'''\n    c.value = g(n)\n"),
            false,
        ),
        (
            "with c.get_lock():\n    s = c.value\n«c.value» = s + 1\n",
            "with c.get_lock():\n    s = c.value\n    c.value = s + 1\n".to_owned(),
            true,
        ),
        ("«c[i]» = c[i] + 1\n", format!("{with}\n    c[i] = c[i] + 1\n"), true),
    ] {
        let mut short = None;
        let found = after(text, |source, at| {
            let locked = source.under_own_lock(at)?;
            short = Some(locked.is_short);
            Some(locked.edits)
        });
        assert_eq!((found, short), (Some(wanted), Some(is_short)), "{text}");
    }
    for text in [
        "«c.value» = s\n",
        "«c.value» += await x\n",
        "a = 1; «c.value» += 1\n",
        "«f().value» += 1\n",
        "«c.value» = d = c.value + 1\n",
        "s = c.value\nfor x in y:\n    pass\n«c.value» = s\n",
    ] {
        let found = after(text, |source, at| source.under_own_lock(at).map(|locked| locked.edits));
        assert_eq!(found, None, "{text}");
    }
}

#[test]
fn a_join_that_ends_the_process() {
    for (text, wanted) in [
        (
            "if x:\r\n\t«p.join()»  # a\r\ny",
            "if x:\r\n\tp.join(timeout=5)  # a\r\n\tif p.is_alive():\r\n\t\tp.kill()\r\n\t\tp.join()\r\ny",
        ),
        (
            "for p in q: «p.join(None)»",
            "for p in q:\n    p.join(timeout=5)\n    if p.is_alive():\n        p.kill()\n        p.join()",
        ),
        (
            "«p.join(timeout=None)»\n",
            "p.join(timeout=5)\nif p.is_alive():\n    p.kill()\n    p.join()\n",
        ),
    ] {
        let found = after(text, |source, at| source.join_or_kill(at, 5));
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    for text in [
        "«p.join()»; x\n",
        "x = «p.join()»\n",
        "for p in q: x; «p.join()»\n",
        "«p.join(*a)»\n",
    ] {
        assert_eq!(after(text, |source, at| source.join_or_kill(at, 5)), None, "{text}");
    }
}

#[test]
fn an_init_that_calls_its_base() {
    for (text, wanted) in [
        (
            "class A(P):\n  def «__init__»(self):\n    super().__init__  # a\n",
            "class A(P):\n  def __init__(self):\n    super().__init__()  # a\n",
        ),
        (
            "class A(P):\n    @decorated\n    def «__init__»(self):\n        '''Doc.'''\n        # a\n        x\n",
            "class A(P):\n    @decorated\n    def __init__(self):\n        '''Doc.'''\n        # a\n        super().__init__()\n        x\n",
        ),
        (
            "class A(P):\n\tdef «__init__»(self): x\n",
            "class A(P):\n\tdef __init__(self): super().__init__(); x\n",
        ),
    ] {
        assert_eq!(after(text, Source::with_super_init).as_deref(), Some(wanted), "{text}");
    }
    for text in [
        "class A(P, Q):\n    def «__init__»(self):\n        x\n",
        "class A(P):\n    def «__init__»(self):\n        super().__init__\n        Q.__init__(self)\n",
        "class A(P):\n    def «__init__»(self):\n        Q.__init__(self)\n",
        "class A(P):\n    def «__init__»(self):\n        '''Doc.'''\n",
    ] {
        assert_eq!(after(text, Source::with_super_init), None, "{text}");
    }
    let late =
        "class A(P):\n  def __init__(self):\n    «self.daemon» = True # a\n    self.x = 1\n    super().__init__()\n";
    let wanted =
        "class A(P):\n  def __init__(self):\n    self.x = 1\n    super().__init__()\n    self.daemon = True # a\n";
    assert_eq!(after(late, Source::after_super_init).as_deref(), Some(wanted));
}

#[test]
fn files_that_are_not_edited() {
    let of = |text: &str| {
        Source::of(&Arc::new(SourceFile::new(
            "a.py".into(),
            "a.py".into(),
            text.to_owned(),
        )))
        .is_some()
    };
    assert!(of("x = [1]"));
    assert!(!of("x = [1"));
    assert!(!of(&format!("{}{}", "(".repeat(2000), ")".repeat(2000))));
    assert!(!of(&format!("{}{}", "(".repeat(100_000), ")".repeat(100_000))));
}

#[test]
fn a_map_that_spreads_its_elements() {
    let spread = |name: &str| match name {
        "map" => Some("starmap"),
        _ => None,
    };
    for (text, wanted) in [
        ("«pool.map(f, a, b)»", "pool.starmap(f, zip(a, b))"),
        (
            "x = «self.pool.map(f, (a), [b], c)»",
            "x = self.pool.starmap(f, zip((a), [b], c))",
        ),
        (
            "«pool.map(f,\n  a,\n  b,  # c\n)»",
            "pool.starmap(f,\n  zip(a,\n  b),  # c\n)",
        ),
    ] {
        let found = after(text, |source, at| source.zipped(at, spread));
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    for text in [
        "«pool.map(f, a)»",
        "«pool.map(f, a, chunksize=b)»",
        "«pool.map(f, *a, b)»",
        "«pool.imap(f, a, b)»",
    ] {
        assert_eq!(after(text, |source, at| source.zipped(at, spread)), None, "{text}");
    }
}

#[test]
fn an_argument_of_a_call() {
    for (text, wanted) in [
        ("Pool(«n - 1»)", "Pool(max(1, n - 1))"),
        ("Pool(processes=(«n»))", "Pool(processes=(max(1, n)))"),
    ] {
        let found = after(text, |source, at| source.as_argument(at, "max(1, ", ")"));
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    assert_eq!(after("f(«*n»)", |source, at| source.as_argument(at, "g(", ")")), None);
}

#[test]
fn exit_codes_compared_with_zero() {
    for (text, wanted) in [
        ("if «p.exitcode > 0»: pass", "if p.exitcode != 0: pass"),
        ("x = «code == 1»", "x = code != 0"),
        ("ok = «1 <= p.exitcode»", "ok = p.exitcode != 0"),
        ("ok = «p.exitcode <= 0»", "ok = p.exitcode == 0"),
        ("ok = «p.exitcode != 1»", "ok = p.exitcode == 0"),
    ] {
        let found = after(text, Source::compared_with_zero);
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    for text in ["x = «a == 0»", "x = «a > b»", "x = «0 < a < 3»", "x = «a < 0»"] {
        assert_eq!(after(text, Source::compared_with_zero), None, "{text}");
    }
}

#[test]
fn tasks_before_results() {
    for (text, wanted) in [
        (
            "for n in names:\n    print(«pool.apply(f, (n,))»)\n",
            "for n, task in [(n, pool.apply_async(f, (n,))) for n in names]:\n    print(task.get())\n",
        ),
        (
            "for a, b in pairs:\n\tx = «pool.submit(f, a, b)».result()\n\ty += x\n",
            "for (a, b), task in [((a, b), pool.submit(f, a, b)) for (a, b) in pairs]:\n\tx = task.result()\n\ty += x\n",
        ),
    ] {
        let found = after(text, Source::tasks_first);
        assert_eq!(found.as_deref(), Some(wanted), "{text}");
    }
    for text in [
        // The next one is started with what came of this one.
        "for n in names:\n    x = «pool.apply(f, (n, x))»\n",
        "for n in names:\n    if n:\n        «pool.apply(f, (n,))»\n",
        "while n:\n    «pool.apply(f, (n,))»\n",
        "«pool.apply(f)»\n",
    ] {
        assert_eq!(after(text, Source::tasks_first), None, "{text}");
    }
}
