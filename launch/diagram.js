// The parts of diagram-js the canvas is made of, in one file: see docs/decisions/0012-the-canvas.md.
export {default as Diagram} from "diagram-js";
export {default as AttachSupport} from "diagram-js/lib/features/attach-support";
export {default as BaseRenderer} from "diagram-js/lib/draw/BaseRenderer";
export {default as Modeling} from "diagram-js/lib/features/modeling";
export {default as Move} from "diagram-js/lib/features/move";
export {default as MoveCanvas} from "diagram-js/lib/navigation/movecanvas";
export {default as RuleProvider} from "diagram-js/lib/features/rules/RuleProvider";
export {default as Rules} from "diagram-js/lib/features/rules";
export {default as Selection} from "diagram-js/lib/features/selection";
export {default as ZoomScroll} from "diagram-js/lib/navigation/zoomscroll";
