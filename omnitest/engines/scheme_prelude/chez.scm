; The common subset in Chez Scheme 9.5: scheme --script chez.scm, in this folder.

(import (rename (only (rnrs) define case define-record-type)
          (define native-define)
          (case native-case)
          (define-record-type native-record-type)))

(char-name 'null #\nul)
(print-precision #f)

(define the-nothing (void))

(native-record-type (own-condition make-own-condition own-condition?)
  (fields (immutable kind own-kind) (immutable message own-message) (immutable irritants own-irritants)))
(define make-condition make-own-condition)
(define signal raise)
(define call-with-handler with-exception-handler)
(define native-error? condition?)
(define (native-error-fields e)
  (list "error" (call-with-string-output-port (lambda (port) (display-condition e port)))))
(define (wrong who x) (assertion-violation #f (string-append who ": wrong argument")))

(define stop #f)
(define (set-stop! procedure) (set! stop procedure))

(define bits-and bitwise-and)
(define bits-ior bitwise-ior)
(define bits-xor bitwise-xor)
(define bits-not bitwise-not)
(define shift-bits bitwise-arithmetic-shift)
(define (real-power base exponent)
  (if (< base 0.0) (incomparable "a power of a negative float") (flexpt base exponent)))
(define (integer-root n)
  (call-with-values (lambda () (exact-integer-sqrt n)) (lambda (root rest) (and (= rest 0) root))))

(define number-of-text string->number)

(define (record-parts x)
  (and (record? x)
       (let* ((type (record-rtd x)) (count (vector-length (record-type-field-names type))))
         (cons (record-type-name type)
               (let loop ((i 0)) (if (= i count) '() (cons ((record-accessor type i) x) (loop (+ i 1)))))))))

; Promises: a promise shares its state with the one that delay-force made it stand for.
(native-record-type (promise a-promise a-promise?) (fields (mutable state promise-state set-promise-state!)))
(native-record-type (state make-state state?) (fields (mutable done? state-done? set-state-done!)
                                                      (mutable content state-content set-state-content!)))

(include "common.scm")

; ---- forms of R7RS that are missing here, or have another shape ----

(define-syntax case-with-receivers
  (syntax-rules (else =>)
    ((_ value) (void))
    ((_ value (else => receiver)) (receiver value))
    ((_ value (else body ...)) (begin body ...))
    ((_ value ((datum ...) => receiver) clause ...)
     (if (memv value '(datum ...)) (receiver value) (case-with-receivers value clause ...)))
    ((_ value ((datum ...) body ...) clause ...)
     (if (memv value '(datum ...)) (begin body ...) (case-with-receivers value clause ...)))))

(define-syntax omni:case
  (lambda (form)
    (define (receiver? clause)
      (syntax-case clause (=>)
        ((_ => _) #t)
        (_ #f)))
    (syntax-case form ()
      ((_ key clause ...)
       (if (exists receiver? (syntax (clause ...)))
           (syntax (let ((value key)) (case-with-receivers value clause ...)))
           (syntax (native-case key clause ...)))))))

(define-syntax omni:define-record-type
  (lambda (form)
    (define (field spec)
      (syntax-case spec ()
        ((name accessor) (syntax (immutable name accessor)))
        ((name accessor modifier) (syntax (mutable name accessor modifier)))))
    (define (initial arguments)
      (lambda (spec)
        (let ((name (car (syntax->list spec))))
          (if (exists (lambda (argument) (bound-identifier=? argument name)) arguments) name (syntax (void))))))
    (syntax-case form ()
      ((_ name (constructor argument ...) predicate spec ...)
       (with-syntax (((field-spec ...) (map field (syntax (spec ...))))
                     ((value ...) (map (initial (syntax (argument ...))) (syntax (spec ...)))))
         (syntax
          (native-record-type (name constructor predicate)
            (fields field-spec ...)
            (protocol (lambda (make) (lambda (argument ...) (make value ...)))))))))))

(define-syntax omni:delay-force (syntax-rules () ((_ x) (a-promise (make-state #f (lambda () x))))))
(define-syntax omni:delay (syntax-rules () ((_ x) (omni:delay-force (a-promise (make-state #t x))))))
(define omni:promise? a-promise?)
(define (omni:make-promise x) (if (a-promise? x) x (a-promise (make-state #t x))))
(define (omni:force x)
  (if (a-promise? x)
      (if (state-done? (promise-state x))
          (state-content (promise-state x))
          (let ((next (check a-promise? "force" ((state-content (promise-state x))))))
            (if (not (state-done? (promise-state x)))
                (let ((state (promise-state x)) (known (promise-state next)))
                  (set-state-done! state (state-done? known))
                  (set-state-content! state (state-content known))
                  (set-promise-state! next state)))
            (omni:force x)))
      x))

(define-syntax omni:syntax-error
  (lambda (form)
    (syntax-case form () ((_ message . forms) (syntax-violation #f (syntax->datum (syntax message)) (syntax forms))))))

(define-syntax omni:receive
  (syntax-rules ()
    ((_ parameters values-of body ...) (call-with-values (lambda () values-of) (lambda parameters body ...)))))

; The parameters here convert a value each time a binding is entered and left.
(define parameter-cells (make-weak-eq-hashtable))
(define omni:make-parameter
  (case-lambda
    ((initial) (omni:make-parameter initial (lambda (x) x)))
    ((initial convert)
     (let* ((cell (cons (convert initial) convert)) (parameter (lambda () (car cell))))
       (eq-hashtable-set! parameter-cells parameter cell)
       parameter))))
(define (with-parameters parameters values body)
  (let* ((cells (map (lambda (parameter)
                       (or (eq-hashtable-ref parameter-cells parameter #f) (wrong "parameterize" parameter)))
                     parameters))
         (others (map-in-order (lambda (cell value) ((cdr cell) value)) (list cells values))))
    (define (swap)
      (let ((current (map car cells)))
        (for-each set-car! cells others)
        (set! others current)))
    (dynamic-wind swap body swap)))
(define-syntax omni:parameterize
  (syntax-rules ()
    ((_ ((parameter value) ...) body ...)
     (with-parameters (list parameter ...) (list value ...) (lambda () body ...)))))

; ---- programs and files ----

(define (own-name name) (string->symbol (string-append "omni:" (symbol->string name))))
(define the-keywords)
(define the-variables)
(call-with-input-file "names.scm"
  (lambda (port)
    (set! the-keywords (read port))
    (set! the-variables
      (map (lambda (name) (cons name (eval (if (top-level-bound? (own-name name)) (own-name name) name)))) (read port)))))

(alias define omni:define)
(alias fn omni:fn)
(alias case omni:case)
(alias delay omni:delay)
(alias delay-force omni:delay-force)
(alias parameterize omni:parameterize)
(alias receive omni:receive)
(alias syntax-error omni:syntax-error)
(alias define-record-type omni:define-record-type)

; An environment in which every name has a variable of its own, so that a program can define it anew.
(native-define (fresh-environment)
  (let ((environment (copy-environment (interaction-environment) #t the-keywords)))
    (for-each (lambda (binding) (define-top-level-value (car binding) (cdr binding) environment)) the-variables)
    environment))
(native-define evaluate interpret)

; The literals of bytevectors have another prefix here.
(native-define (with-prefixes-of-here text)
  (native-define (begins? prefix chars)
    (or (null? prefix)
        (and (pair? chars) (char=? (car prefix) (car chars)) (begins? (cdr prefix) (cdr chars)))))
  (let loop ((chars (string->list text)) (inside #f) (result '()))
    (native-define (on count inside) (loop (list-tail chars count) inside (append (reverse (list-head chars count)) result)))
    (cond ((null? chars) (list->string (reverse result)))
          ((and inside (char=? (car chars) inside)) (on 1 #f))
          ((and inside (char=? (car chars) #\\) (pair? (cdr chars))) (on 2 inside))
          (inside (on 1 inside))
          ((memv (car chars) '(#\" #\|)) (on 1 (car chars)))
          ((char=? (car chars) #\;) (on 1 #\newline))
          ((and (begins? '(#\# #\\) chars) (pair? (cddr chars))) (on 3 #f))
          ((begins? '(#\# #\u #\8 #\() chars) (loop (cdr chars) #f (append '(#\v #\#) result)))
          (else (on 1 #f)))))
(native-define (all-forms text)
  (let ((port (open-input-string (with-prefixes-of-here text))))
    (let loop ((forms '()))
      (let ((form (read port))) (if (eof-object? form) (reverse forms) (loop (cons form forms)))))))
(native-define (file-text path)
  (call-with-input-file path (lambda (port) (let ((text (get-string-all port))) (if (eof-object? text) "" text)))))
(native-define (write-file path writer) (call-with-output-file path writer 'replace))
(native-define (request-line) (get-line (current-input-port)))

(serve)
