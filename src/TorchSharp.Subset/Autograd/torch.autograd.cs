using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Accumulates the gradients of the tensors' sum, weighted by <paramref name="grad_tensors"/>, into the leaves.</summary>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            nint[] roots = Handles(tensors), gradients = Handles(grad_tensors), leaves = Handles(inputs);
            fixed (nint* root = roots, gradient = gradients, leaf = leaves)
            {
                NativeMethods.Check(NativeMethods.ssdf_backward(
                    root, roots.Length, gradient, gradients.Length, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0, leaf,
                    leaves.Length));
            }
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>
        /// The gradients of the outputs' sum, weighted by <paramref name="grad_outputs"/>, with respect to the inputs. An input that
        /// was not used gives, with <paramref name="allow_unused"/>, a tensor that <see cref="Tensor.IsInvalid"/>.
        /// </summary>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            nint[] roots = Handles(outputs), leaves = Handles(inputs), weights = Handles(grad_outputs);
            nint[] results = new nint[leaves.Length];
            fixed (nint* root = roots, leaf = leaves, weight = weights, result = results)
            {
                NativeMethods.Check(NativeMethods.ssdf_gradients(
                    root, roots.Length, leaf, leaves.Length, weight, weights.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0,
                    allow_unused ? 1 : 0, result));
            }
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => new Tensor(handle));
        }

        internal static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            nint[] handles = new nint[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i] is { IsInvalid: false } tensor ? tensor.Handle : 0;
            return handles;
        }
    }
}
