using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Carries what the forward of a custom function keeps for its backward.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object?> _data = [];
            private List<Tensor> _toSave = [];
            private bool[] _defined = [];

            internal AutogradContext()
            {
            }

            /// <summary>Whether gradients of outputs that were not used reach backward as zeros (the default), or as undefined.</summary>
            public bool MaterializeGrads { get; private set; } = true;

            internal List<Tensor> Dirty { get; private set; } = [];

            internal List<Tensor> Constants { get; private set; } = [];

            /// <summary>The node in the graph; 0 when no gradient is wanted, and once the graph was released.</summary>
            internal nint Node { get; set; }

            /// <summary>Keeps tensors, inputs or outputs among them, for backward. A null stays a null.</summary>
            public void save_for_backward(List<Tensor> tensors) => _toSave = tensors;

            public void save_data(string key, object value) => _data[key] = value;

            public object get_data(string key) => _data.GetValueOrDefault(key)!;

            /// <summary>Declares inputs that forward changed in place.</summary>
            public void mark_dirty(List<Tensor> tensors) => Dirty = [.. tensors];

            /// <summary>Declares outputs that need no gradient.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) => Constants = [.. tensors];

            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>What was saved; an error when one of them was changed in place since.</summary>
            public unsafe List<Tensor> get_saved_variables()
            {
                nint[] handles = new nint[_defined.Length];
                if (handles.Length > 0)
                {
                    ObjectDisposedException.ThrowIf(Node == 0, this);
                    fixed (nint* first = handles) NativeMethods.Check(NativeMethods.ssdf_node_saved(Node, first, handles.Length));
                }
                var saved = new List<Tensor>(handles.Length);
                for (int i = 0; i < handles.Length; i++) saved.Add(_defined[i] ? new Tensor(handles[i]) : null!);
                return saved;
            }

            /// <summary>Hands the tensors to the node, which owns them from then on.</summary>
            internal unsafe void SaveVariables(nint node)
            {
                nint[] handles = Handles(_toSave);
                fixed (nint* first = handles) NativeMethods.Check(NativeMethods.ssdf_node_save(node, first, handles.Length));
                _defined = Array.ConvertAll(handles, handle => handle != 0);
                GC.KeepAlive(_toSave);
                _toSave = [];
                Dirty = [];
                Constants = [];
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                Node = 0;
                _data.Clear();
            }
        }
    }
}
