using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a node of torch's graph calls back into: a custom function's backward with its context.</summary>
        private sealed class FunctionNode
        {
            private readonly string _name;
            private readonly Func<AutogradContext, List<Tensor>, List<Tensor>> _backward;
            private readonly AutogradContext _context;
            private readonly bool[] _isTensor;

            private FunctionNode(
                string name, Func<AutogradContext, List<Tensor>, List<Tensor>> backward, AutogradContext context, bool[] isTensor)
            {
                _name = name;
                _backward = backward;
                _context = context;
                _isTensor = isTensor;
            }

            /// <summary>Makes the native node; torch's graph keeps it alive, and it keeps this object alive.</summary>
            internal static unsafe nint New(
                string name, Func<AutogradContext, List<Tensor>, List<Tensor>> backward, AutogradContext context, List<Tensor> inputs,
                bool[] isTensor)
            {
                GCHandle self = GCHandle.Alloc(new FunctionNode(name, backward, context, isTensor));
                nint[] handles = Handles(inputs);
                nint node;
                fixed (nint* first = handles)
                {
                    node = NativeMethods.Check(
                        NativeMethods.ssdf_node_new(GCHandle.ToIntPtr(self), &Apply, &Release, first, handles.Length));
                }
                context.Node = NativeMethods.ssdf_node_address(node);
                GC.KeepAlive(inputs);
                return node;
            }

            [UnmanagedCallersOnly]
            private static unsafe int Apply(nint self, nint* grads, int count, nint* results, int capacity)
            {
                // Torch frees gradients as soon as it can; the managed ones must not outlast this call, and on a thread of torch's own
                // there is no scope of the user's to collect them. Results are retained before the scope ends.
                using DisposeScope scope = NewDisposeScope();
                try
                {
                    var node = (FunctionNode)GCHandle.FromIntPtr(self).Target!;
                    node.Apply(new Span<nint>(grads, count), new Span<nint>(results, capacity));
                    return capacity;
                }
                catch (Exception e)
                {
                    NativeMethods.ssdf_set_error($"{e.GetType().Name} in a custom backward: {e.Message}");
                    return -1;
                }
            }

            [UnmanagedCallersOnly]
            private static void Release(nint self)
            {
                GCHandle handle = GCHandle.FromIntPtr(self);
                ((FunctionNode)handle.Target!)._context.Dispose();
                handle.Free();
            }

            private void Apply(Span<nint> grads, Span<nint> results)
            {
                var outputs = new List<Tensor>(grads.Length);
                foreach (nint grad in grads) outputs.Add(new Tensor(grad));
                List<Tensor> inputs = _backward(_context, outputs);
                int expected = _isTensor.Length;
                if (inputs.Count < expected || inputs.Skip(expected).Any(IsDefined))
                {
                    throw new InvalidOperationException(
                        $"Function {_name} returned an incorrect number of gradients (expected {expected}, got {inputs.Count})");
                }
                for (int i = 0, slot = 0; i < expected; i++)
                {
                    if (_isTensor[i])
                    {
                        if (IsDefined(inputs[i])) results[slot] = NativeMethods.ssdf_tensor_retain(inputs[i].Handle);
                        slot++;
                    }
                    else if (IsDefined(inputs[i]))
                    {
                        throw new InvalidOperationException(
                            $"Function {_name} returned a gradient at position {i + 1}, but that input of forward was not a Tensor");
                    }
                }
                GC.KeepAlive(inputs);
            }

            private static bool IsDefined(Tensor? tensor) => tensor is { IsInvalid: false };
        }
    }
}
