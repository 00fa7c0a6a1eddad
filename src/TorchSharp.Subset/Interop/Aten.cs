using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp.Interop;

/// <summary>
/// Calls an operator of libtorch by its name in the schema, without the <c>aten::</c>: <c>"mul.Tensor"</c> is the overload
/// <c>Tensor</c> of <c>mul</c>. Trailing arguments that are left out take the schema's defaults.
/// </summary>
internal static unsafe class Aten
{
    private const int MaxResults = 8;
    private const int StackWords = 128;

    private static readonly ConcurrentDictionary<string, nint> Operators = new();

    /// <summary>An operator that returns one tensor.</summary>
    internal static torch.Tensor Call(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return new torch.Tensor((nint)results[0].Bits);
    }

    /// <summary>An operator that changes its first argument in place; returns that same object.</summary>
    internal static torch.Tensor InPlace(string op, torch.Tensor self, params ReadOnlySpan<Value> rest)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Span<Value> arguments = [default, default, default, default, default, default, default, default];
        arguments[0] = self;
        rest.CopyTo(arguments[1..]);
        int count = Invoke(op, arguments[..(rest.Length + 1)], results);
        for (int i = 0; i < count; i++) ssdf_tensor_release((nint)results[i].Bits);
        return self;
    }

    /// <summary>An operator whose results are of no interest, a foreach operator for instance.</summary>
    internal static void Run(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        int count = Invoke(op, arguments, results);
        for (int i = 0; i < count; i++)
        {
            if (results[i].Kind == ValueKind.Tensor) ssdf_tensor_release((nint)results[i].Bits);
            if (results[i].Kind == ValueKind.TensorList) foreach (torch.Tensor t in TensorsOf(results[i])) t.Dispose();
        }
    }

    internal static (torch.Tensor, torch.Tensor) Call2(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return (new torch.Tensor((nint)results[0].Bits), new torch.Tensor((nint)results[1].Bits));
    }

    internal static (torch.Tensor, torch.Tensor, torch.Tensor) Call3(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return (new torch.Tensor((nint)results[0].Bits), new torch.Tensor((nint)results[1].Bits), new torch.Tensor((nint)results[2].Bits));
    }

    internal static (torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor) Call4(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return (new torch.Tensor((nint)results[0].Bits), new torch.Tensor((nint)results[1].Bits), new torch.Tensor((nint)results[2].Bits),
            new torch.Tensor((nint)results[3].Bits));
    }

    internal static torch.Tensor[] CallList(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return TensorsOf(results[0]);
    }

    internal static bool CallBool(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return results[0].Bits != 0;
    }

    internal static long CallLong(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return results[0].Bits;
    }

    internal static Scalar CallScalar(string op, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(op, arguments, results);
        return results[0].Kind switch
        {
            ValueKind.Double => new Scalar(BitConverter.Int64BitsToDouble(results[0].Bits)),
            ValueKind.Bool => new Scalar(results[0].Bits != 0),
            ValueKind.Complex => new Scalar(*(Complex*)results[0].Bits),
            _ => new Scalar(results[0].Bits),
        };
    }

    private static torch.Tensor[] TensorsOf(NativeValue list)
    {
        var tensors = new torch.Tensor[list.Count];
        var handles = new ReadOnlySpan<nint>((void*)list.Bits, list.Count);
        for (int i = 0; i < tensors.Length; i++) tensors[i] = new torch.Tensor(handles[i]);
        return tensors;
    }

    private static nint Find(string op)
    {
        if (Operators.TryGetValue(op, out nint found)) return found;
        int dot = op.IndexOf('.', StringComparison.Ordinal);
        string name = "aten::" + (dot < 0 ? op : op[..dot]);
        return Operators.GetOrAdd(op, Check((nint)ssdf_operator_find(name, dot < 0 ? "" : op[(dot + 1)..])));
    }

    [SkipLocalsInit]
    private static int Invoke(string op, ReadOnlySpan<Value> arguments, NativeValue* results)
    {
        nint handle = Find(op);
        int words = 0;
        foreach (ref readonly Value argument in arguments) words += WordsOf(argument);
        if (words <= StackWords)
        {
            long* scratch = stackalloc long[StackWords];
            return Invoke(handle, arguments, results, scratch);
        }
        fixed (long* scratch = new long[words]) return Invoke(handle, arguments, results, scratch);
    }

    [SkipLocalsInit]
    private static int Invoke(nint op, ReadOnlySpan<Value> arguments, NativeValue* results, long* scratch)
    {
        NativeValue* native = stackalloc NativeValue[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            ref readonly Value argument = ref arguments[i];
            native[i].Kind = argument.Kind;
            native[i].Count = argument.Index;
            native[i].Bits = argument.Bits;
            if (WordsOf(argument) > 0 || argument.Reference is Array or string)
            {
                native[i].Bits = (long)scratch;
                native[i].Count = Write(argument, scratch);
                scratch += WordsOf(argument);
            }
        }
        int count = ssdf_operator_call(op, native, arguments.Length, results, MaxResults);
        // The tensors must not be finalised while torch works on them.
        foreach (ref readonly Value argument in arguments) GC.KeepAlive(argument.Reference);
        return count >= 0 ? count : (int)Check(-1);
    }

    private static int WordsOf(in Value argument) => argument.Kind switch
    {
        ValueKind.String => (Encoding.UTF8.GetMaxByteCount(((string)argument.Reference!).Length) + 7) / 8,
        ValueKind.Complex => 2,
        ValueKind.BoolList => (((Array)argument.Reference!).Length + 7) / 8,
        >= ValueKind.IntList => ((Array)argument.Reference!).Length,
        _ => 0,
    };

    private static int Write(in Value argument, long* destination)
    {
        switch (argument.Reference)
        {
            case string text:
                return Encoding.UTF8.GetBytes(text, new Span<byte>(destination, WordsOf(argument) * 8));
            case Complex number:
                *(Complex*)destination = number;
                return 2;
            case torch.Tensor?[] tensors:
                for (int i = 0; i < tensors.Length; i++) destination[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                return tensors.Length;
            case Array array:
                ref byte first = ref MemoryMarshal.GetArrayDataReference(array);
                int bytes = array.Length * (argument.Kind == ValueKind.BoolList ? 1 : 8);
                MemoryMarshal.CreateReadOnlySpan(ref first, bytes).CopyTo(new Span<byte>(destination, bytes));
                return array.Length;
            default:
                return 0;
        }
    }
}
