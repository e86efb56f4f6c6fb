/* Control: what programs do with their continuations, handlers, generators and parameters, evaluated by
 * code that suspends and goes on as compiled code does (evaluator.h); and what that leaves behind. */
#include "evaluator.h"

typedef struct scenario {
  const char *text;
  const char *expected; /* what it displays, "=>", its value or condition */
} scenario;

/* What the scenarios share. */
static const char library[] =
    "(define log (lambda (x) (begin (display x) (display \" \"))))"
    "(define wind (lambda (name thunk) (dynamic-wind (lambda () (begin (display '<) (log name))) "
    "thunk (lambda () (begin (display '>) (log name))))))"
    "(define prompt (lambda (tag thunk) (%call-with-prompt tag thunk)))"
    "(define values->list (lambda (thunk) (%values->list (thunk))))"
    "(define bind (lambda (p v thunk) (%call-with-parameters (cons (cons p v) '()) thunk)))"
    "(define p (%make-parameter 'initial (lambda (x) x)))"
    "(define k #f)"
    "(define n 0)";

static omni_result run_text(omni_context *ctx, const char *text) {
  return run_program(ctx, read_program(ctx, text));
}

static void define_library(omni_context *ctx) { CHECK(run_text(ctx, library) == OMNI_NOTHING); }

/* What a scenario displays and gives. Consumes the result. */
static const char *ending_of(omni_context *ctx, omni_result result) {
  static char text[8192];
  snprintf(text, sizeof text, "%.*s=> %s", (int)ctx->io.standard[OMNI_CURRENT_OUTPUT].size,
           ctx->io.standard[OMNI_CURRENT_OUTPUT].bytes, text_of(ctx, result));
  ctx->io.standard[OMNI_CURRENT_OUTPUT].size = 0;
  return text;
}

static void check_scenarios(const scenario *scenarios, size_t count) {
  for (size_t i = 0; i < count; i++) {
    omni_context *ctx = open_context();
    define_library(ctx);
    CHECK_TEXT(ending_of(ctx, run_text(ctx, scenarios[i].text)), scenarios[i].expected);
    clear_globals(ctx);
    close_context(ctx);
  }
}

#ifdef OMNI_DEBUG
/* Whichever allocation fails, the program ends, and what it leaves is what it put into variables. */
static void check_failures(const scenario *scenarios, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t n = 1, again = 1;
    for (; again; n++) {
      omni_context *ctx = open_context();
      define_library(ctx);
      omni_value forms = read_program(ctx, scenarios[i].text);
      omni_heap_arm(ctx, n);
      omni_result result = run_program(ctx, forms);
      again = n <= ctx->heap.requests;
      omni_heap_arm(ctx, 0);
      CHECK(again || strcmp(ending_of(ctx, result), scenarios[i].expected) == 0);
      if (again) {
        omni_drop(ctx, omni_failed(result) ? omni_catch(ctx) : result);
        ctx->io.standard[OMNI_CURRENT_OUTPUT].size = 0;
      }
      clear_globals(ctx);
      close_context(ctx);
    }
    CHECK(n > 3);
  }
}

/* Memory that stays short: the program ends all the same. */
static void check_shortage(const scenario *scenarios, size_t count) {
  for (size_t i = 0; i < count; i++) {
    for (uint64_t left = 0; left < 4096; left += 211) {
      omni_context *ctx = open_context();
      define_library(ctx);
      omni_value forms = read_program(ctx, scenarios[i].text);
      ctx->heap.limit = ctx->heap.live_bytes + left;
      omni_result result = run_program(ctx, forms);
      ctx->heap.limit = 0;
      omni_drop(ctx, omni_failed(result) ? omni_catch(ctx) : result);
      ctx->io.standard[OMNI_CURRENT_OUTPUT].size = 0;
      clear_globals(ctx);
      close_context(ctx);
    }
  }
}
#endif

static void check_all(const scenario *scenarios, size_t count) {
  check_scenarios(scenarios, count);
#ifdef OMNI_DEBUG
  check_failures(scenarios, count);
  check_shortage(scenarios, count);
#endif
}
#define CHECK_ALL(scenarios) check_all(scenarios, sizeof(scenarios) / sizeof *(scenarios))

static const scenario whole_continuations[] = {
    {"(+ 1 (call/cc (lambda (k) (+ 10 (k 5)))))", "=> 6"},
    {"(+ 1 (call-with-current-continuation (lambda (k) 5)))", "=> 6"},
    {"((lambda (k) (cons (procedure? k) k)) (call/cc (lambda (k) k)))",
     "=> (#t . #<continuation>)"},
    /* re-entry, any number of times */
    {"(log (call/cc (lambda (c) (begin (set! k c) 0)))) (set! n (+ n 1)) (if (< n 4) (k n) 'end)",
     "0 1 2 3 => end"},
    /* what the continuation holds stays as it was */
    {"(define f (lambda (a b) (list a (call/cc (lambda (c) (begin (set! k c) 0))) b)))"
     "(log (f 'x 'y)) (set! n (+ n 1)) (if (< n 3) (k n) n)",
     "(x 0 y) (x 1 y) (x 2 y) => 3"},
    {"(values->list (lambda () (call/cc (lambda (k) (k 1 2 3)))))", "=> (1 2 3)"},
    {"(cons (call/cc (lambda (k) (k))) (values 'a \"\"))", "=> (#<values> . #<values a \"\">)"},
    {"(values->list (lambda () (values 'one)))", "=> (one)"},
    {"(call/cc 5)", "=> #<condition type-error: call/cc: expected a procedure: 5>"},
    {"(apply call/cc (list (lambda (k) (apply k '(7)))))", "=> 7"},
};

static const scenario prompts[] = {
    {"(prompt 'p (lambda () (+ 1 (%control 'p (lambda (k) (k (k 10)))))))", "=> 12"},
    {"(prompt 'p (lambda () (+ 1 (%control 'p (lambda (k) 'dropped)))))", "=> dropped"},
    {"(set! k (prompt 'p (lambda () (+ 1 (%control 'p (lambda (k) k)))))) (list (k 1) (k 2) k)",
     "=> (2 3 #<continuation>)"},
    {"(set! k (prompt 'p (lambda () (%control 'p (lambda (k) k))))) (list (k 1) (k))",
     "=> (1 #<values>)"},
    /* the prompt is still there for the procedure, but not part of k */
    {"(prompt 'p (lambda () (+ 1 (%control 'p (lambda (k) (+ 10 (k (%control 'p (lambda (k) "
     "7)))))))))",
     "=> 7"},
    {"(set! k (prompt 'p (lambda () (begin (%control 'p (lambda (k) k)) (%control 'p list)))))"
     "(k 1)",
     "=> #<condition control-error: control: no prompt has this tag: p>"},
    {"(prompt 'a (lambda () (+ 1 (prompt 'b (lambda () (+ 10 (%control 'a (lambda (k) (k (k "
     "100))))))))))",
     "=> 122"},
    {"(guard (e #t (log e)) (%control 'q list))",
     "#<condition control-error: control: no prompt has this tag: q> => nothing"},
    /* generators by prompts: every k is used once, in a loop */
    {"(define next (lambda (r i) (if (pair? r) (begin (log (car r)) (next ((cdr r) i) (+ i 1))) "
     "r)))"
     "(define each (lambda (i) (if (= i 3) 'end (begin (log (%control 'p (lambda (k) (cons i k))))"
     " (each (+ i 1))))))"
     "(next (prompt 'p (lambda () (each 0))) 10)",
     "0 10 => #<condition control-error: control: no prompt has this tag: p>"},
    /* a continuation that holds marks */
    {"(set! k (prompt 'p (lambda () (with-exception-handler (lambda (e) (* e 2)) (lambda () (+ 1 "
     "(raise-continuable (%control 'p (lambda (k) k)))))))))"
     "(list (k 1) (bind p 'inner (lambda () (list (k 2) (p)))))",
     "=> (3 (5 inner))"},
};

static const scenario winds[] = {
    {"(wind 'a (lambda () (begin (log 'body) 7)))", "<a body >a => 7"},
    {"(call/cc (lambda (k) (wind 'a (lambda () (wind 'b (lambda () (k 'out)))))))",
     "<a <b >b >a => out"},
    /* common winds are left alone */
    {"(wind 'a (lambda () (call/cc (lambda (k) (wind 'b (lambda () (k 'out)))))))",
     "<a <b >b >a => out"},
    {"(wind 'a (lambda () (wind 'b (lambda () (log (call/cc (lambda (c) (begin (set! k c) "
     "'first))))))))"
     "(set! n (+ n 1)) (if (= n 1) (wind 'c (lambda () (k 'again))) 'end)",
     "<a <b first >b >a <c >c <a <b again >b >a => end"},
    {"(prompt 'p (lambda () (wind 'a (lambda () (+ 1 (%control 'p (lambda (k) (begin (log 'mid) (k "
     "(k "
     "5)))))))))) ",
     "<a >a mid <a >a <a >a => 7"},
    /* a wind is the same in every copy of a composable continuation */
    {"(define c (prompt 'p (lambda () (wind 'a (lambda () ((%control 'p (lambda (c) c)))))))) "
     "(c (lambda () (wind 'b (lambda () (log (call/cc (lambda (c) (begin (set! k c) 'first))))))))"
     "(set! n (+ n 1))"
     "(if (= n 1) (c (lambda () (wind 'd (lambda () (k 'second))))) 'end)",
     "<a >a <a <b first >b >a <a <d >d <b second >b >a => end"},
    /* the thunks run outside of their wind */
    {"(dynamic-wind (lambda () (log (p))) (lambda () (bind p 'inner (lambda () (call/cc (lambda "
     "(k) (k "
     "(p))))))) (lambda () (log (p))))",
     "initial initial => inner"},
    {"(call/cc (lambda (k) (dynamic-wind list (lambda () (k 'first)) (lambda () (k 'second)))))",
     "=> second"},
    {"(guard (e #t (list 'caught e)) (dynamic-wind list (lambda () (raise 'a)) (lambda () (raise "
     "'b))))",
     "=> (caught b)"},
    {"(guard (e #t (list 'caught e)) (dynamic-wind (lambda () (raise 'a)) list list))",
     "=> (caught a)"},
    /* a continuation of a thunk that runs because of a jump holds the rest of the jump */
    {"(log (call/cc (lambda (out) (dynamic-wind list (lambda () (out 'jumped)) (lambda () (call/cc "
     "(lambda (c) (if k #f (set! k c)))))))))"
     "(set! n (+ n 1)) (if (< n 3) (k #f) 'end)",
     "jumped jumped jumped => end"},
    {"(wind 'a (lambda () (wind 'b (lambda () (exit 7)))))",
     "<a <b >b >a => #<condition exit: exit: 7>"},
    {"(wind 'a (lambda () (emergency-exit #f)))", "<a => #<condition exit: exit: 1>"},
    {"(guard (e #t 'caught) (with-exception-handler list (lambda () (exit -1))))",
     "=> #<condition exit: exit: 255>"},
    {"(exit 'odd)", "=> #<condition exit: exit: 1>"},
    {"(exit)", "=> #<condition exit: exit: 0>"},
    {"(dynamic-wind 1 list list)",
     "=> #<condition type-error: dynamic-wind: expected a procedure: 1>"},
};

static const scenario handlers[] = {
    {"(with-exception-handler (lambda (e) (+ e 1)) (lambda () (* 10 (raise-continuable 4))))",
     "=> 50"},
    {"(with-exception-handler (lambda (e) (+ e 100)) (lambda () (with-exception-handler (lambda "
     "(e) (+ 1 "
     "(raise-continuable (* e 2)))) (lambda () (+ 1000 (raise-continuable 5))))))",
     "=> 1111"},
    {"(call/cc (lambda (k) (with-exception-handler (lambda (e) (k (list 'caught e))) (lambda () (+ "
     "1 "
     "(raise 'oops))))))",
     "=> (caught oops)"},
    {"(call/cc (lambda (k) (with-exception-handler (lambda (e) (k (condition-kind e))) (lambda () "
     "(+ 1 "
     "(car 5))))))",
     "=> type-error"},
    {"(with-exception-handler (lambda (e) 1) (lambda () (raise 'x)))",
     "=> #<condition control-error: the handler of an error returned: x>"},
    {"(guard (e #t (condition-kind e)) (with-exception-handler (lambda (e) 0) (lambda () (+ 1 "
     "(raise "
     "'boom)))))",
     "=> control-error"},
    /* the handlers outside of the one that returned see that */
    {"(with-exception-handler (lambda (e) (begin (log 'outer) (log (condition-kind e)))) (lambda "
     "() "
     "(with-exception-handler (lambda (e) (log 'inner)) (lambda () (raise 'x)))))",
     "inner outer control-error => #<condition control-error: the handler of an error returned: "
     "#<condition control-error: the handler of an error returned: x>>"},
    {"(with-exception-handler (lambda (e) (begin (log e) 'outer)) (lambda () "
     "(with-exception-handler "
     "(lambda (e) (begin (log e) (raise-continuable 'second))) (lambda () (list (raise-continuable "
     "'first))))))",
     "first second => (outer)"},
    {"(raise-continuable 'nobody)", "=> nobody"},
    {"(wind 'a (lambda () (raise 'nobody)))", "<a => nobody"},
    {"(guard (e #t (list 'guard e)) (raise-continuable 5))", "=> (guard 5)"},
    /* a guard inside of a handler's extent is nearer, the handler inside of a guard's body */
    {"(with-exception-handler (lambda (e) 'handler) (lambda () (guard (e #t 'guard) (list "
     "(raise-continuable 1)))))",
     "=> guard"},
    {"(guard (e #t 'guard) (with-exception-handler (lambda (e) 'handler) (lambda () (list "
     "(raise-continuable 1)))))",
     "=> (handler)"},
    /* a guard inside of a handler */
    {"(with-exception-handler (lambda (e) (guard (x #t (list e x)) (raise 'inside))) (lambda () "
     "(raise-continuable 'outside)))",
     "=> (outside inside)"},
    /* the handler and what it handles in one composable continuation */
    {"(set! k (prompt 'p (lambda () (with-exception-handler (lambda (e) (list (%control 'p (lambda "
     "(k) k)) "
     "(raise-continuable 2))) (lambda () (list (raise-continuable 1)))))))"
     "(with-exception-handler (lambda (e) (list 'new e)) (lambda () (k 'back)))",
     "=> ((back (new 2)))"},
    /* a handler that runs in a continuation which does not hold its mark: no handler is active */
    {"(with-exception-handler (lambda (e) (begin (%control 'p (lambda (c) (set! k c))) (raise "
     "'inner))) "
     "(lambda () (prompt 'p (lambda () (raise-continuable 1)))))"
     "(guard (e #t 'caught) (k 1))",
     "=> inner"},
    {"(with-exception-handler list 5)",
     "=> #<condition type-error: with-exception-handler: expected a procedure: 5>"},
};

static const scenario guards[] = {
    {"(guard (e #t (list 'caught e)) (wind 'a (lambda () (wind 'b (lambda () (raise 'x))))))",
     "<a <b >b >a => (caught x)"},
    {"(guard (e (begin (log 'test) #t) e) (wind 'a (lambda () (+ 1 (call/cc (lambda (k) (car "
     "5)))))))",
     "<a >a test => #<condition type-error: car: expected a pair: 5>"},
    {"(guard (e #t e) (guard (x #f 0) (raise 'x)))", "=> x"},
    {"(guard (e #t e) (guard (x #f 0) (begin (call/cc list) (raise 'x))))", "=> x"},
    /* going back: winds are entered again, and the body goes on with the handler's value */
    {"(with-exception-handler (lambda (e) (begin (log 'h) (* e 10))) (lambda () (guard (e #f 0) "
     "(wind 'a "
     "(lambda () (+ 1 (raise-continuable 4)))))))",
     "<a >a <a h >a => 41"},
    {"(with-exception-handler (lambda (e) 1) (lambda () (guard (e #f 0) (wind 'a (lambda () (raise "
     "'x))))))",
     "<a >a <a => #<condition control-error: the handler of an error returned: x>"},
    /* the guard is active again, and what follows it is done once */
    {"(with-exception-handler (lambda (e) (log e)) (lambda () (+ 1000 (guard (e (eq? e 'b) 500) "
     "(begin "
     "(raise-continuable 'a) (raise 'b))))))",
     "a => 1500"},
    {"(with-exception-handler (lambda (e) (log e)) (lambda () (+ 1000 (guard (e (begin (call/cc "
     "list) (eq? "
     "e 'b)) 500) (begin (raise-continuable 'a) (raise 'b))))))",
     "a => 1500"},
    {"(with-exception-handler (lambda (e) (log e)) (lambda () (list (guard-list (e (eq? e 'b) 'c) "
     "(begin "
     "(raise-continuable 'a) 'value)))))",
     "a => ((value))"},
    {"(with-exception-handler (lambda (e) (log e)) (lambda () (list (guard-list (e (eq? e 'b) 'c) "
     "(begin "
     "(raise-continuable 'a) (raise 'b))))))",
     "a => ((c))"},
    {"(with-exception-handler (lambda (e) (p)) (lambda () (guard (e #f 0) (bind p 'inner (lambda "
     "() (list "
     "(raise-continuable 1)))))))",
     "=> (inner)"},
    /* two guards of one activation */
    {"(guard2 (a #f 0) (b #t (list 'outer b)) (wind 'w (lambda () (raise 'x))))",
     "<w >w <w >w => (outer x)"},
    {"(guard2 (a #t (raise (list a))) (b #t (list 'outer b)) (wind 'w (lambda () (raise 'x))))",
     "<w >w => (outer (x))"},
    {"(with-exception-handler (lambda (e) 5) (lambda () (+ 1 (guard2 (a #f 0) (b #f 0) (+ 10 "
     "(raise-continuable 'x))))))",
     "=> 16"},
    {"(with-exception-handler (lambda (e) (log e)) (lambda () (list (guard2 (a (eq? a 2) 'inner) "
     "(b (eq? b "
     "3) 'outer) (wind 'w (lambda () (begin (raise-continuable 1) (raise 3))))))))",
     "<w >w <w >w <w 1 >w <w >w => (outer)"},
    {"(guard (e #t (list 'far e)) (list (guard2 (a #f 0) (b #f 0) (wind 'w (lambda () (raise "
     "'x))))))",
     "<w >w <w >w <w >w => (far x)"},
    /* a guard that suspends before it raises again */
    {"(guard (e #t (list 'far e)) (guard (a (call/cc (lambda (k) #f)) 0) (wind 'w (lambda () "
     "(raise "
     "'x)))))",
     "<w >w <w >w => (far x)"},
};

static const scenario parameters[] = {
    {"(list (p) (bind p 'inner (lambda () (list (p) (bind p 2 p) (p)))) (p))",
     "=> (initial (inner 2 inner) initial)"},
    {"(define q (%make-parameter 'q (lambda (x) x)))"
     "(bind p 1 (lambda () (bind q 2 (lambda () (list (p) (q) (%parameter? q) (%parameter? "
     "list))))))",
     "=> (1 2 #t #f)"},
    {"(cons p (procedure? p))", "=> (#<parameter> . #t)"},
    {"(p 1)", "=> #<condition arity-error: parameter: expected 0 arguments, got 1>"},
    {"(bind p 'inner (lambda () (call/cc (lambda (c) (set! k c)))))"
     "(log (p)) (set! n (+ n 1)) (if (< n 3) (k 1) (bind p n p))",
     "initial initial initial => 3"},
    {"((%parameter-converter p) 5)", "=> 5"},
    {"(%make-parameter 1 2)",
     "=> #<condition type-error: %make-parameter: expected a procedure: 2>"},
};

static const scenario generators[] = {
    {"(define g (make-generator (lambda () (begin (log (yield 1)) (yield 2) 3))))"
     "(define next (lambda () (generator-next! g)))"
     "(list (generator-done? g) (next) (next) (generator-done? g) (next) (generator-done? g) "
     "(next))",
     "nothing => (#f 1 2 #f #<eof> #t #<eof>)"},
    {"(define g (make-generator (lambda () (yield (generator-next! g)))))"
     "(guard (e #t (log e)) (generator-next! g)) (cons g (generator-done? g))",
     "#<condition control-error: generator-next!: the generator is running already> => "
     "(#<generator> . "
     "#t)"},
    {"(yield 1)", "=> #<condition control-error: yield: no generator is running>"},
    /* one generator inside of another */
    {"(define g (make-generator (lambda () (begin (yield 1) (yield 2)))))"
     "(define h (make-generator (lambda () (begin (yield (generator-next! g)) (yield "
     "(generator-next! "
     "g)) (yield (generator-next! g))))))"
     "(list (generator-next! h) (generator-next! h) (generator-next! h) (generator-next! h))",
     "=> (1 2 #<eof> #<eof>)"},
    /* winds stay as they are while it is suspended */
    {"(define g (make-generator (lambda () (wind 'a (lambda () (begin (yield 1) (yield 2)))))))"
     "(log (generator-next! g)) (log (generator-next! g)) (generator-next! g)",
     "<a 1 2 >a => #<eof>"},
    {"(define g (make-generator (lambda () (wind 'a (lambda () (wind 'b (lambda () (yield 1))))))))"
     "(generator-next! g) (log (generator-close! g)) (list (generator-done? g) (generator-next! "
     "g))",
     "<a <b >b >a nothing => (#t #<eof>)"},
    {"(define g (make-generator list)) (generator-close! g) (generator-close! g) (generator-next! "
     "g)",
     "=> #<eof>"},
    {"(define g (make-generator (lambda () (generator-close! g)))) (generator-next! g)",
     "=> #<condition control-error: generator-close!: the generator is running already>"},
    /* its own bindings, then those of whoever continues it */
    {"(define g (make-generator (lambda () (begin (yield (p)) (bind p 'own (lambda () (begin "
     "(yield (p)) "
     "(yield (p))))) (yield (p))))))"
     "(define next (lambda (v) (bind p v (lambda () (generator-next! g)))))"
     "(list (next 1) (next 2) (next 3) (next 4))",
     "=> (1 own own 4)"},
    {"(define g (make-generator (lambda () (begin (yield 1) (list (raise-continuable 2))))))"
     "(generator-next! g)"
     "(with-exception-handler (lambda (e) (begin (log e) (generator-done? g))) (lambda () "
     "(generator-next! g)))",
     "2 => #<eof>"},
    /* leaving it otherwise ends it, coming back lets it run */
    {"(define g (make-generator (lambda () (begin (yield 1) (raise 'x)))))"
     "(generator-next! g) (list (guard (e #t e) (generator-next! g)) (generator-done? g))",
     "=> (x #t)"},
    {"(define g (make-generator (lambda () (begin (call/cc (lambda (c) (set! k c))) (yield n) "
     "(yield "
     "'more)))))"
     "(log (generator-next! g)) (log (generator-next! g)) (log (generator-next! g))"
     "(log (generator-done? g)) (set! n (+ n 1)) (if (< n 3) (k 0) (generator-next! g))",
     "0 more #<eof> #t 1 more #<eof> #t 2 more #<eof> #t => #<eof>"},
    {"(define g (make-generator (lambda () (call/cc (lambda (out) (k 'left))))))"
     "(log (call/cc (lambda (c) (begin (set! k c) (generator-next! g))))) (generator-done? g)",
     "left => #t"},
    {"(make-generator 1)", "=> #<condition type-error: make-generator: expected a procedure: 1>"},
    {"(list (generator? (make-generator list)) (generator-done? list))",
     "=> #<condition type-error: generator-done?: expected a generator: #<procedure list>>"},
    {"(generator-next! 1)", "=> #<condition type-error: generator-next!: expected a generator: 1>"},
};

/* ---- space ---- */

/* Loops through tail positions run in constant space. */
static void test_constant_space(void) {
  static const scenario loops[] = {
      {"(define loop (lambda (n) (if (= n 0) 'end (call/cc (lambda (k) (loop (- n 1))))))) (loop "
       "20000)",
       "=> end"},
      {"(define loop (lambda (n) (if (= n 0) 'end (%control 't (lambda (k) (loop (- n 1)))))))"
       "(prompt 't (lambda () (loop 20000)))",
       "=> end"},
      {"(define loop (lambda (n) (if (= n 0) 'end (begin (prompt 't (lambda () (%control 't "
       "list))) "
       "(loop "
       "(- n 1)))))) (loop 20000)",
       "=> end"},
      {"(define loop (lambda (n) (if (= n 0) 'end (%control 't (lambda (k) (k (loop (- n 1))))))))"
       "(set! k (lambda (n) (if (= n 0) 'end (begin (%control 't (lambda (k) (k 0))) (k (- n "
       "1))))))"
       "(prompt 't (lambda () (k 20000)))",
       "=> end"},
      {"(define g (make-generator (lambda () (loop 0))))"
       "(define loop (lambda (i) (begin (yield i) (loop (+ i 1)))))"
       "(define take (lambda (n) (if (= n 0) 'end (begin (generator-next! g) (take (- n 1))))))"
       "(take 20000)",
       "=> end"},
      {"(define loop (lambda (n) (if (= n 0) 'end (begin (guard (e #t e) (wind2 (lambda () (raise "
       "n)))) "
       "(loop (- n 1))))))"
       "(define wind2 (lambda (thunk) (dynamic-wind list thunk list))) (loop 20000)",
       "=> end"}};
  for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
    omni_context *ctx = open_context();
    define_library(ctx);
    omni_value forms = read_program(ctx, loops[i].text);
    ctx->heap.limit = ctx->heap.live_bytes + 16 * 1024;
    CHECK_TEXT(ending_of(ctx, run_program(ctx, forms)), loops[i].expected);
    clear_globals(ctx);
    close_context(ctx);
  }
}

/* A continuation that grows in the heap is limited like the C stack. */
static void test_depth(void) {
  static const scenario recursions[] = {
      {"(define f (lambda (n) (+ 1 (call/cc (lambda (k) (f n))))))", "=> stack-overflow"},
      {"(define f (lambda (n) (wind3 (lambda () (f n)))))"
       "(define wind3 (lambda (thunk) (dynamic-wind list thunk list)))",
       "=> stack-overflow"},
      {"(define f (lambda (n) (with-exception-handler raise (lambda () (+ 1 (f n))))))",
       "=> stack-overflow"},
      {"(define f (lambda (n) (prompt 't (lambda () (+ 1 (f n))))))", "=> stack-overflow"},
      {"(define f (lambda (n) (bind p n (lambda () (+ 1 (f n))))))", "=> stack-overflow"},
      {"(define f (lambda (n) (generator-next! (make-generator (lambda () (f n))))))",
       "=> stack-overflow"},
      {"(set! k (prompt 't (lambda () (+ 1 (%control 't (lambda (k) k))))))"
       "(define f (lambda (n) (begin (k n) (+ 1 (k (f n))))))",
       "=> stack-overflow"}};
  for (size_t i = 0; i < sizeof recursions / sizeof *recursions; i++) {
    omni_context *ctx = open_context();
    define_library(ctx);
    CHECK(run_text(ctx, recursions[i].text) == OMNI_NOTHING);
    ctx->control.depth_limit = 100000;
    CHECK_TEXT(ending_of(ctx, run_text(ctx, "(guard (e #t (condition-kind e)) (f 1))")),
               recursions[i].expected);
    clear_globals(ctx);
    close_context(ctx);
  }
}

int main(void) {
  CHECK_ALL(whole_continuations);
  CHECK_ALL(prompts);
  CHECK_ALL(winds);
  CHECK_ALL(handlers);
  CHECK_ALL(guards);
  CHECK_ALL(parameters);
  CHECK_ALL(generators);
  test_constant_space();
  test_depth();
  return 0;
}
