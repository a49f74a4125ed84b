package dev.cloche.host.engine.compile;

import java.io.ByteArrayInputStream;
import java.util.List;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.AnnotatedInstruction;
import run.endive.wasm.types.CodeSection;
import run.endive.wasm.types.DataCountSection;
import run.endive.wasm.types.DataSection;
import run.endive.wasm.types.ElementSection;
import run.endive.wasm.types.ExportSection;
import run.endive.wasm.types.FunctionBody;
import run.endive.wasm.types.FunctionSection;
import run.endive.wasm.types.GlobalSection;
import run.endive.wasm.types.ImportSection;
import run.endive.wasm.types.Instruction;
import run.endive.wasm.types.MemorySection;
import run.endive.wasm.types.OpCode;
import run.endive.wasm.types.Section;
import run.endive.wasm.types.SectionId;
import run.endive.wasm.types.StartSection;
import run.endive.wasm.types.TableSection;
import run.endive.wasm.types.TagSection;
import run.endive.wasm.types.TypeSection;

/// Reads what [ModuleSkeleton] has left of a module, without decoding thousands of bodies that all are the same and
/// that nothing runs: they become one.
public final class SkeletonModule {
    private static final int[] READ = {
        SectionId.TYPE,
        SectionId.IMPORT,
        SectionId.FUNCTION,
        SectionId.TABLE,
        SectionId.MEMORY,
        SectionId.TAG,
        SectionId.GLOBAL,
        SectionId.EXPORT,
        SectionId.START,
        SectionId.ELEMENT,
        SectionId.DATA_COUNT,
        SectionId.DATA
    };
    private static final FunctionBody TRAPPING_BODY = new FunctionBody(
            List.of(),
            List.of(AnnotatedInstruction.builder()
                    .from(new Instruction(0, OpCode.UNREACHABLE, Instruction.EMPTY_OPERANDS))
                    .build()));

    private final WasmModule.Builder module = WasmModule.builder().withValidation(false);

    private SkeletonModule() {}

    /// The module of a skeleton. It is not validated: the module that it was made from was.
    ///
    /// @throws WasmEngineException if the bytes are no module
    public static WasmModule read(byte[] skeleton) {
        SkeletonModule reading = new SkeletonModule();
        Parser.Builder parser = Parser.builder().withValidation(false);
        for (int section : READ) {
            parser.includeSectionId(section);
        }
        parser.build().parse(new ByteArrayInputStream(skeleton), reading::take);
        return reading.module.build();
    }

    private void take(Section section) {
        switch (section.sectionId()) {
            case SectionId.TYPE -> module.setTypeSection((TypeSection) section);
            case SectionId.IMPORT -> module.setImportSection((ImportSection) section);
            case SectionId.FUNCTION -> take((FunctionSection) section);
            case SectionId.TABLE -> module.setTableSection((TableSection) section);
            case SectionId.MEMORY -> module.setMemorySection((MemorySection) section);
            case SectionId.TAG -> module.setTagSection((TagSection) section);
            case SectionId.GLOBAL -> module.setGlobalSection((GlobalSection) section);
            case SectionId.EXPORT -> module.setExportSection((ExportSection) section);
            case SectionId.START -> module.setStartSection((StartSection) section);
            case SectionId.ELEMENT -> module.setElementSection((ElementSection) section);
            case SectionId.DATA_COUNT -> module.setDataCountSection((DataCountSection) section);
            case SectionId.DATA -> module.setDataSection((DataSection) section);
            default -> throw new IllegalStateException("a section was not asked for, section=" + section.sectionId());
        }
    }

    private void take(FunctionSection functions) {
        module.setFunctionSection(functions);
        CodeSection.Builder code = CodeSection.builder();
        for (int i = 0; i < functions.functionCount(); i++) {
            code.addFunctionBody(TRAPPING_BODY);
        }
        module.setCodeSection(code.build());
    }
}
