"""From a program that diverged to a finding with a name: confirm, reduce, blame, fingerprint, replay."""
