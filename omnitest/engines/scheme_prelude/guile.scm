; The common subset in GNU Guile 3: guile --no-auto-compile guile.scm, in this folder.

(define-module (omni)
  #:use-module (scheme base)
  #:use-module (scheme char)
  #:use-module (scheme inexact)
  #:use-module (scheme lazy)
  #:use-module (srfi srfi-8)
  #:use-module ((ice-9 exceptions) #:select (exception? make-non-continuable-error))
  #:use-module ((ice-9 regex) #:select (string-match))
  #:use-module ((ice-9 textual-ports) #:select (get-line get-string-all))
  #:duplicates (last))

(read-enable 'r7rs-symbols)
(read-enable 'r6rs-hex-escapes)
(setlocale LC_ALL "C.UTF-8")
(for-each (lambda (port) (set-port-encoding! port "UTF-8")) (list (current-input-port) (current-output-port)))

(define the-nothing (if #f #f))

(define-record-type <own-condition> (make-condition kind message irritants) own-condition?
  (kind own-kind) (message own-message) (irritants own-irritants))
(define native-error? exception?)
(define (native-error-fields e)
  (case (exception-kind e)
    ((stack-overflow) (list "limit" "stack"))
    ((out-of-memory) (list "limit" "memory"))
    (else
     (list "error"
           (call-with-output-string (lambda (port) (print-exception port #f (exception-kind e) (exception-args e))))))))
(define (wrong who x) (scm-error 'misc-error #f "~A: wrong argument" (list who) #f))

; Guile 3.0.8 does not find the handlers that a handler installs while it is running. The handlers here are a list of their
; own; what Guile raises is passed on to them by some handlers of Guile's, one for each error inside of a handler of an error.
(define handlers (make-fluid '()))
(define (ask object)
  (let ((active (fluid-ref handlers)))
    (with-fluids ((handlers (cdr active))) ((car active) object))))
(define (signal object)
  (let ((active (fluid-ref handlers)))
    (with-fluids ((handlers (cdr active)))
      ((car active) object)
      (signal (make-non-continuable-error)))))
(define (call-with-handler handler thunk)
  (set! winds '())
  (let passing-on ((times 20))
    (if (= times 0)
        (omni:with-exception-handler handler thunk)
        (with-exception-handler signal (lambda () (passing-on (- times 1)))))))
(define (omni:raise object) (signal object))
(define (omni:raise-continuable object) (ask object))
(define (omni:with-exception-handler handler thunk)
  (check procedure? "with-exception-handler" handler)
  (check procedure? "with-exception-handler" thunk)
  (with-fluids ((handlers (cons handler (fluid-ref handlers)))) (thunk)))

; Guile 3.0.8 leaves and enters again the winds around a continuation that is called from inside of a further wind. The winds
; here are a list of their own as well: for each one the procedures for the way in and out, and their dynamic state.
(define winds '())
(define (on-the-way wind part) (with-dynamic-state (vector-ref wind 2) (vector-ref wind part)))
(define (omni:dynamic-wind before thunk after)
  (for-each (lambda (x) (check procedure? "dynamic-wind" x)) (list before thunk after))
  (let ((wind (vector before after (current-dynamic-state))))
    (before)
    (set! winds (cons wind winds))
    (call-with-values
      thunk
      (lambda results
        (set! winds (cdr winds))
        (after)
        (apply values results)))))
(define (rewind target)
  (cond ((eq? winds target))
        ((> (length winds) (length target))
         (let ((wind (car winds)))
           (set! winds (cdr winds))
           (on-the-way wind 1)
           (rewind target)))
        (else
         (rewind (cdr target))
         (on-the-way (car target) 0)
         (set! winds target))))
(define (omni:call-with-current-continuation procedure)
  (let ((target winds))
    (call-with-current-continuation
      (lambda (continue)
        (procedure
          (lambda results
            (rewind target)
            (apply continue results)))))))
(define omni:call/cc omni:call-with-current-continuation)

(define-syntax clauses-of-guard
  (syntax-rules (else)
    ((_ otherwise clause ... (else expression ...)) (cond clause ... (else expression ...)))
    ((_ otherwise clause ...) (cond clause ... (else otherwise)))))
(define-syntax omni:guard
  (syntax-rules ()
    ((_ (object clause ...) body ...)
     ((omni:call-with-current-continuation
        (lambda (leave)
          (omni:with-exception-handler
            (lambda (raised)
              ((omni:call-with-current-continuation
                 (lambda (go-back)
                   (leave
                     (lambda ()
                       (let ((object raised))
                         (clauses-of-guard (go-back (lambda () (omni:raise-continuable raised))) clause ...))))))))
            (lambda ()
              (call-with-values
                (lambda () body ...)
                (lambda results (leave (lambda () (apply values results)))))))))))))

(define stop #f)
(define (set-stop! procedure) (set! stop procedure))

(define bits-and logand)
(define bits-ior logior)
(define bits-xor logxor)
(define bits-not lognot)
(define shift-bits ash)
; Guile multiplies where the exponent is integral, and takes C's pow otherwise.
(define (real-power base exponent)
  (cond ((< base 0.0) (incomparable "a power of a negative float"))
        ((and (finite? exponent) (= exponent (floor exponent))) (incomparable "an integral power of a float"))
        (else (expt base exponent))))
(define (integer-root n)
  (call-with-values (lambda () (exact-integer-sqrt n)) (lambda (root rest) (and (= rest 0) root))))

; An exponent of hundreds is an error here, where others read an infinity; characters beyond ASCII are taken for digits.
(define (number-of-text text radix)
  (let ((exponent (string-match "[eE][-+]?[0-9]{3,}" text)))
    (cond ((not (string-every char-set:ascii text)) #f)
          ((and exponent (= radix 10)) (incomparable "a numeral with a large exponent"))
          (else (string->number text radix)))))
(define a-promise? promise?)
(define (omni:promise? x) (promise? x)) ; promise? itself is no variable
(define (omni:make-promise x) (if (promise? x) x (make-promise x)))
(define (omni:force x) (if (promise? x) (force x) x))
(define (record-parts x)
  (and (record? x)
       (let ((type (record-type-descriptor x)))
         (cons (record-type-name type)
               (map (lambda (field) ((record-accessor type field) x)) (record-type-fields type))))))
; Modifiers give what they store here.
(define-syntax omni:define-record-type
  (lambda (form)
    (syntax-case form ()
      ((_ type constructor predicate (field accessor modifier ...) ...)
       (with-syntax ((((native ...) ...) (map generate-temporaries (syntax ((modifier ...) ...)))))
         (syntax
          (begin
            (define-record-type type constructor predicate (field accessor native ...) ...)
            (define (modifier record x)
              (native record x)
              the-nothing) ... ...)))))))
(define-syntax native-define (syntax-rules () ((_ . rest) (define . rest))))

(include "common.scm")

; ---- programs and files ----

(define the-keywords #f)
(define the-variables #f)
(call-with-input-file "names.scm"
  (lambda (port)
    (define (meaning name)
      (let ((own (module-variable (current-module) (string->symbol (string-append "omni:" (symbol->string name))))))
        (cons name (or own (module-variable (current-module) name)))))
    (set! the-keywords (make-module))
    ; Keywords such as else are recognised by their variables: programs have to share these.
    (for-each (lambda (binding) (module-add! the-keywords (car binding) (cdr binding))) (map meaning (read port)))
    (set! the-variables (map meaning (read port)))))

; A module in which every name has a variable of its own, so that a program can define it anew.
(define (fresh-environment)
  (let ((module (make-module)))
    (module-use! module the-keywords)
    (for-each
      (lambda (binding) (module-add! module (car binding) (make-variable (variable-ref (cdr binding)))))
      the-variables)
    module))
; eval would leave and enter a wind of its own whenever a continuation is called.
(define (evaluate form environment)
  (set-current-module environment)
  (primitive-eval form))

(define (all-forms text)
  (call-with-input-string text
    (lambda (port)
      (let loop ((forms '()))
        (let ((form (read port))) (if (eof-object? form) (reverse forms) (loop (cons form forms))))))))
(define (file-text path) (call-with-input-file path get-string-all #:encoding "UTF-8"))
(define (write-file path writer) (call-with-output-file path writer #:encoding "UTF-8"))
(define (request-line) (get-line (current-input-port)))

(serve)
