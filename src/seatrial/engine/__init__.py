"""From a trial to verdicts: plan, select, judge, conclude, decide. Pure, and the only place that catches."""
