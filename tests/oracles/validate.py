"""AWS's own cloudformation-validate over `REGION template…`: everything above INFO as JSON lines."""

import sys

from cloudformation_validate import PseudoParameterOverrides, RegoEngine, ReportStatus, Severity, ValidateConfig

from findings import report


def main():
    region, files = sys.argv[1], sys.argv[2:]
    engine = RegoEngine()
    config = ValidateConfig(severity_level=Severity.WARN, pseudo_parameter_overrides=PseudoParameterOverrides(region=region))
    for file in files:
        answer = engine.validate_template(file, config)
        for found in answer.diagnostics:
            at = "/".join(part for part in (found.entity.logical_id if found.entity else "", found.property_path) if part)
            report("cloudformation-validate", found.rule_id, file, at or f"line {found.start_line}", found.message)
        if answer.status != ReportStatus.OK and not answer.diagnostics:
            report("cloudformation-validate", "STATUS", file, "", f"the analysis ended as {answer.status.name}")


main()
