"""The objects of CASE/UCO that a case is told in. Each has an identifier made from the case's own, so that it is the same every time."""

import uuid
from collections.abc import Iterator
from typing import Any, Final

import everyframe
from everyframe.exchange.vics_file import path_text
from everyframe.exchange.vics_times import as_offset
from everyframe.model.states import Provenance
from everyframe.store.case import CaseInfo

__all__ = ["CONTEXT", "Objects"]

Node = dict[str, Any]
UCO: Final = "https://ontology.unifiedcyberontology.org/uco/"
CONTEXT: Final = {
    "kb": "urn:uuid:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    **{f"uco-{name}": f"{UCO}{name}/" for name in ("action", "core", "identity", "observable", "tool", "types")},
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
METHODS: Final = (("MD5", "md5"), ("SHA1", "sha1"), ("SHA256", "sha256"))
TIMES: Final = (
    ("observableCreatedTime", "created"),
    ("modifiedTime", "modified"),
    ("accessedTime", "accessed"),
    ("metadataChangeTime", "changed"),
)
ALLOCATION: Final = {Provenance.DELETED: "deleted", Provenance.CARVED: "unallocated"}


class Objects:
    """Make the objects of one case; ``files`` and ``decisions`` count them."""

    def __init__(self, info: CaseInfo) -> None:
        self._info = info
        self._space = uuid.UUID(info.case_id)
        self._people: set[str] = set()
        self._decided: set[int] = set()
        self.files = 0
        self.decisions = 0

    def frame(self, exhibits: list[Node]) -> Iterator[Node]:
        """Give the investigation, the tool, and a record for each exhibit that names its own files by their action."""
        records = [self._ref("exhibit", e["id"]) for e in exhibits]
        investigation = self._node("investigation", 0, "case-investigation:Investigation")
        investigation |= {
            "uco-core:name": self._info.number,
            "uco-core:description": self._info.organization,
            "uco-core:object": records,
        }
        yield {k: v for k, v in investigation.items() if v not in ("", [])}
        yield self._node("tool", 0, "uco-tool:Tool") | {
            "uco-core:name": "Everyframe",
            "uco-tool:version": everyframe.__version__,
        }
        for exhibit in exhibits:
            yield self._node("exhibit", exhibit["id"], "case-investigation:ProvenanceRecord") | {
                "uco-core:name": f"Exhibit {exhibit['reference']}",
                "uco-core:description": [f"taken in from {s}" for s in exhibit["sources"]] or "no source",
                "case-investigation:exhibitNumber": exhibit["reference"],
                "uco-core:objectCreatedTime": _time(exhibit["created_at"]),
            }
            yield self._node("taking", exhibit["id"], "case-investigation:InvestigativeAction") | {
                "uco-core:name": "taken in",
                "uco-action:instrument": self._ref("tool", 0),
                "uco-action:result": self._ref("exhibit", exhibit["id"]),
            }

    def file(self, row: Node) -> Iterator[Node]:
        """Give one file, and that it is contained in its exhibit or in the file that holds it."""
        self.files += 1
        yield self._node("file", row["id"], "uco-observable:File") | {"uco-core:hasFacet": [*self._facets(row)]}
        inside = self._ref("file", row["parent_id"]) if row["parent_id"] else self._ref("exhibit", row["exhibit_id"])
        yield self._node("within", row["id"], "uco-core:Relationship") | {
            "uco-core:source": self._ref("file", row["id"]),
            "uco-core:target": inside,
            "uco-core:kindOfRelationship": "Contained_Within",
            "uco-core:isDirectional": True,
        }
        if row["media_id"] is not None and row["code"] is not None:
            yield self._node("category", row["id"], "uco-core:Annotation") | {
                "uco-core:object": self._ref("file", row["id"]),
                "uco-core:statement": f"category {row['code']} of scheme {row['scheme']}, {row['state']}",
                "uco-core:tag": [f"{row['scheme']}:{row['code']}"],
            }

    def decision(self, row: Node) -> Iterator[Node]:
        """Give one decision as an action of a person, with what was decided."""
        self.decisions += 1
        if row["actor"] not in self._people:
            self._people.add(row["actor"])
            yield self._node("person", row["actor"], "uco-identity:Identity") | {"uco-core:name": row["actor"]}
        if row["media_id"] not in self._decided:
            self._decided.add(row["media_id"])
            yield self._node("content", row["media_id"], "uco-observable:ObservableObject") | {
                "uco-core:hasFacet": [self._content(row | {"id": row["media_id"]}, "content-")]
            }
        said = f"category {row['code']} of scheme {row['scheme']}" if row["code"] else "no category"
        yield self._node("decision", row["id"], "case-investigation:InvestigativeAction") | {
            "uco-core:name": row["kind"],
            "uco-core:description": f"{said}; operation {row['op']}",
            "uco-action:startTime": _time(row["at"]),
            "uco-action:endTime": _time(row["at"]),
            "uco-action:performer": self._ref("person", row["actor"]),
            "uco-action:instrument": self._ref("tool", 0),
            "uco-action:object": self._ref("content", row["media_id"]),
        }

    def _facets(self, row: Node) -> Iterator[Node]:
        path = path_text(bytes(row["path"]))
        facet = self._node("filefacet", row["id"], "uco-observable:FileFacet") | {
            "uco-observable:fileName": path.rpartition("/")[2],
            "uco-observable:filePath": path,
            "uco-observable:isDirectory": False,
        }
        if row["size"] is not None:
            facet["uco-observable:sizeInBytes"] = _integer(row["size"])
        for name, column in TIMES:
            if as_offset(row[column]):
                facet[f"uco-observable:{name}"] = _time(row[column])
        if row["provenance"] in ALLOCATION:
            facet["uco-observable:allocationStatus"] = ALLOCATION[row["provenance"]]
        yield facet
        if row["media_id"] is not None:
            yield self._content(row)

    def _content(self, row: Node, of: str = "") -> Node:
        hashes = [
            self._node(f"{of}hash-{column}", row["id"], "uco-types:Hash")
            | {
                "uco-types:hashMethod": name,
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": bytes(row[column]).hex()},
            }
            for name, column in METHODS
        ]
        facet = self._node(f"{of}contentfacet", row["id"], "uco-observable:ContentDataFacet")
        facet |= {"uco-observable:hash": hashes, "uco-observable:mimeType": row["mime"]}
        return {k: v for k, v in facet.items() if v is not None}

    def _node(self, kind: str, ident: object, of: str) -> Node:
        return {"@id": self._name(kind, ident), "@type": of}

    def _ref(self, kind: str, ident: object) -> Node:
        return {"@id": self._name(kind, ident)}

    def _name(self, kind: str, ident: object) -> str:
        return f"urn:uuid:{uuid.uuid5(self._space, f'{kind}:{ident}')}"


def _time(text: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": text}


def _integer(number: int) -> Node:
    return {"@type": "xsd:integer", "@value": str(number)}
