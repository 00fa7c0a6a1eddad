using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>
        /// A differentiable operation with a backward of its own. Derive from <see cref="SingleTensorFunction{T}"/> or
        /// <see cref="MultiTensorFunction{T}"/> and call <c>apply</c>: arguments that are tensors take part in the graph, others are
        /// passed through, and backward returns one gradient (or null) an argument.
        /// </summary>
        public abstract class Function<T>
            where T : Function<T>, new()
        {
            internal static T Instance { get; } = new();

            public abstract string Name { get; }

            internal abstract List<Tensor> forward_internal(AutogradContext ctx, object[] vars);

            internal abstract List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs);

            public static List<Tensor> apply_internal(params object[] vars)
            {
                bool[] isTensor = Array.ConvertAll(vars, v => v is Tensor { IsInvalid: false });
                List<Tensor> inputs = [.. vars.OfType<Tensor>().Where(t => !t.IsInvalid)];
                var context = new AutogradContext();
                bool executable = is_grad_enabled() && inputs.Exists(t => t.requires_grad);
                nint node = executable ? FunctionNode.New(Instance.Name, Instance.backward_internal, context, inputs, isTensor) : 0;
                try
                {
                    List<Tensor> outputs;
                    using (no_grad()) outputs = Instance.forward_internal(context, vars);
                    List<Tensor> wrapped = Finish(node, context, inputs, outputs);
                    if (node != 0) context.SaveVariables(node);
                    return wrapped;
                }
                finally
                {
                    if (node != 0) NativeMethods.ssdf_node_release(node);
                }
            }

            private static unsafe List<Tensor> Finish(nint node, AutogradContext context, List<Tensor> inputs, List<Tensor> outputs)
            {
                nint[] ins = Handles(inputs), outs = Handles(outputs);
                nint[] constants = Handles(context.Constants), dirty = Handles(context.Dirty);
                fixed (nint* i = ins, o = outs, c = constants, d = dirty)
                {
                    NativeMethods.Check(NativeMethods.ssdf_node_finish(
                        node, i, ins.Length, o, outs.Length, c, constants.Length, d, dirty.Length, context.MaterializeGrads ? 1 : 0));
                }
                GC.KeepAlive(inputs);
                GC.KeepAlive(outputs);
                return [.. outs.Select(handle => handle == 0 ? null! : new Tensor(handle))];
            }
        }
    }
}
