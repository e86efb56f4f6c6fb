; guile --no-auto-compile --r7rs compile_guile.scm FILE.scm FILE.go: compile a program with the names of R7RS and of Guile, at Guile's
; usual level of optimisation.
(use-modules (system base compile))
(let ((arguments (command-line)))
  (compile-file (cadr arguments) #:output-file (caddr arguments) #:optimization-level 2))
