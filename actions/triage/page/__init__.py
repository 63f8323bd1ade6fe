"""The page that shows the protocol to clinicians: markup, entries, the tree of questions, style and filter."""
