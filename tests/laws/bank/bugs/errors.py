"""Bugs of what leaves: masked, lost, wrapped, grown."""

from tests.laws.bank.bug import Bug

BUGS = (
    Bug(
        "body-error-not-shown-to-generators", "L13", "A",
        "lifecycle/handles.py",
        "    if outcome is None:\n        if next(generator, _END) is _END:\n",
        "    if outcome is None or outcome is not None:\n        if next(generator, _END) is _END:\n",
    ),
    Bug(
        "swallowed-error-is-success", "L14", "A",
        "lifecycle/closing.py",
        "self.report.swallowed |= swallowed and exit_.binding.options.suppress\n",
        "self.report.swallowed |= swallowed\n",
    ),
    Bug(
        "closing-errors-dropped", "L23 L25", "A",
        "lifecycle/outcome.py",
        "        attach_closing_errors(first, [error for error in happened if error is not first])\n",
        "",
    ),
    Bug(
        "closing-error-masks-the-primary", "L25", "A",
        "lifecycle/outcome.py",
        "first = fatal or outcome or cancelled\n",
        "first = fatal or (failed[0] if failed else outcome) or cancelled\n",
    ),
    Bug(
        "cancellation-in-a-group", "L27", "BA",
        "lifecycle/outcome.py",
        "        first = fatal or outcome or cancelled\n",
        "        failed += [cancelled] if cancelled is not None else []\n        first = fatal or outcome\n",
    ),
    Bug(
        "exit-request-in-a-group", "L26", "A",
        "lifecycle/outcome.py",
        "isinstance(error, KeyboardInterrupt | SystemExit)), None)",
        "isinstance(error, KeyError)), None)",
    ),
    Bug(
        "shared-failure-grows", "L7", "A",
        "lifecycle/claim.py",
        "            raise self.error.with_traceback(self._trace)\n",
        "            raise self.error\n",
    ),
    Bug(
        "failures-have-no-path", "L28", "A",
        "runtime/paths.py",
        '        add_note(error, "while making\\n" + draw_path(steps))\n',
        "        pass\n",
    ),
    Bug(
        "observers-can-break-things", "L29", "A",
        "runtime/observers.py",
        "        except Exception as error:  # noqa: BLE001 - an observer",
        "        except KeyError as error:  # noqa: BLE001 - an observer",
    ),
    Bug(
        "closed-container-keeps-everything", "L16", "H",
        "runtime/leaving.py",
        "            table.clear()\n",
        "            pass\n",
    ),
)  # fmt: skip
