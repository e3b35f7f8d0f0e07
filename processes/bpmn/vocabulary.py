"""The words of BPMN 2.0 (OMG formal/2011-01-03) that are understood, and the namespaces they belong to."""

from processes.graph.model import Kind

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:romashka:process:1"

TASKS = frozenset({"task", "userTask", "manualTask"})
ACTIONS = frozenset({"serviceTask", "sendTask", "businessRuleTask", "scriptTask"})
STAGES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | ACTIONS | STAGES | {"receiveTask", "callActivity"}
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

DRAWN = frozenset({"textAnnotation", "association", "group", "category"})
DOCUMENTS = frozenset(
    {"dataObject", "dataObjectReference", "dataStoreReference", "dataStore", "ioSpecification", "property"}
    | {"dataInputAssociation", "dataOutputAssociation", "itemDefinition", "dataInput", "dataOutput"}
)
PEOPLE = frozenset(
    {"laneSet", "lane", "potentialOwner", "humanPerformer", "performer", "resourceRole", "resource"}
)
BETWEEN = frozenset({"participant", "messageFlow", "conversation", "choreography"})
DEFINITIONS = frozenset(
    {"message", "signal", "error", "escalation", "interface", "import", "globalTask", "globalUserTask"}
    | {"globalManualTask", "globalScriptTask", "globalBusinessRuleTask", "endPoint", "partnerEntity"}
)
WRITTEN_AROUND = frozenset({"documentation", "extensionElements", "incoming", "outgoing", "sequenceFlow"})

SEVERAL_OUT = frozenset({Kind.CHOICE, Kind.SPLIT, Kind.RACE, Kind.APPROVAL})
BODIES = frozenset({Kind.SCOPE, Kind.EACH})
YES = frozenset({"true", "1"})
NO = frozenset({"false", "0"})
